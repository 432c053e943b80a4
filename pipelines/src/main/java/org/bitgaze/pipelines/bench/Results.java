package org.bitgaze.pipelines.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a bench found.
 *
 * @param host the machine
 * @param versions of Bitgaze and what it runs on
 * @param warmups calls of each program before those that are timed
 * @param runs calls that are timed
 * @param programs network, precision and arithmetic to times, in the order in which they ran
 * @param stages stage to milliseconds an image
 * @param audit the whole audit
 */
public record Results(
    Map<String, String> host,
    Map<String, String> versions,
    int warmups,
    int runs,
    Map<Program, NativeTime> programs,
    Map<String, Spread> stages,
    Optional<Whole> audit) {

  /**
   * One program.
   *
   * @param network the model's id
   * @param precision the precision's name
   * @param arithmetic what is computed with
   */
  public record Program(String network, String precision, String arithmetic) {}

  /**
   * A whole audit of all programs, in a process of its own.
   *
   * @param images how many
   * @param millis of one image, all workers together, start and report included
   * @param process what it took, see {@link Host#footprint}
   */
  public record Whole(int images, double millis, Map<String, Double> process) {}

  /** Medians of all networks together, by precision and arithmetic. */
  private Map<String, Double> sums() {
    Map<String, Double> sums = new LinkedHashMap<>();
    programs.forEach(
        (program, time) ->
            sums.merge(
                program.precision() + " " + program.arithmetic(),
                time.millis().median(),
                Double::sum));
    return sums;
  }

  /**
   * Returns everything as JSON.
   *
   * @return an object
   * @throws JsonProcessingException never
   */
  public String json() throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("host", host);
    all.put("versions", versions);
    List<Object> rows = new ArrayList<>();
    programs.forEach(
        (program, time) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("network", program.network());
          one.put("precision", program.precision());
          one.put("arithmetic", program.arithmetic());
          one.put("batch", time.batch());
          one.put("start_ms", time.startMillis());
          one.put("image_ms", time.millis().values());
          one.put("gflops", time.gigaflops());
          rows.add(one);
        });
    all.put("warmups", warmups);
    all.put("runs", runs);
    all.put("native", rows);
    all.put("native_sum_ms", sums());
    Map<String, Object> perStage = new LinkedHashMap<>();
    stages.forEach((stage, spread) -> perStage.put(stage, spread.values()));
    all.put("stage_ms", perStage);
    audit.ifPresent(
        whole -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("images", whole.images());
          one.put("image_ms", whole.millis());
          one.putAll(whole.process());
          all.put("audit", one);
        });
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
  }

  /**
   * Returns everything for people.
   *
   * @return lines
   */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    host.forEach((name, value) -> lines.add(name + ": " + value));
    versions.forEach((name, value) -> lines.add(name + ": " + value));
    lines.add("");
    String row = "%-16s %-18s %-10s %5s %9s  %-24s %9s";
    lines.add(
        row.formatted(
            "network", "precision", "arithmetic", "batch", "start ms", "ms an image", "GFLOP/s"));
    programs.forEach(
        (program, time) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%-16s %-18s %-10s %5d %9.0f  %-24s %9.0f",
                    program.network(),
                    program.precision(),
                    program.arithmetic(),
                    time.batch(),
                    time.startMillis(),
                    time.millis(),
                    time.gigaflops())));
    sums()
        .forEach(
            (what, millis) ->
                lines.add(String.format(Locale.ROOT, "all networks, %s: %.1f ms", what, millis)));
    lines.add("(one thread, " + runs + " runs after " + warmups + "; median, least to most)");
    lines.add("");
    stages.forEach((stage, spread) -> lines.add(stage + ": " + spread + " ms"));
    audit.ifPresent(
        whole -> {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "audit of %d images in a process of its own: %.1f ms an image",
                  whole.images(),
                  whole.millis()));
          whole
              .process()
              .forEach(
                  (name, value) ->
                      lines.add(
                          String.format(Locale.ROOT, "  %s: %.2f", name.replace('_', ' '), value)));
        });
    return lines;
  }
}
