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
import org.bitgaze.explain.Engine;

/**
 * The results of {@code bitgaze bench}.
 *
 * @param host the machine
 * @param versions versions of Bitgaze and its libraries
 * @param warmups number of untimed calls of each program
 * @param runs number of timed calls of each program
 * @param programs times of the programs, in the order in which they ran
 * @param stages milliseconds per image by stage
 * @param audit the whole audit, if there was one
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
   * A program.
   *
   * @param network the model's id
   * @param precision the precision's name
   * @param arithmetic the arithmetic's name
   * @param engine what ran it
   * @param method the map method
   */
  public record Program(
      String network, String precision, String arithmetic, String engine, String method) {}

  /**
   * An audit with all programs, in a new process.
   *
   * @param images number of images
   * @param millis milliseconds per image, of all workers together, including start and report
   * @param process the process's resources, see {@link Host#footprint}
   */
  public record Whole(int images, double millis, Map<String, Double> process) {}

  /** Sums of the networks' medians, by precision and arithmetic. */
  private Map<String, Double> sums() {
    Map<String, Double> sums = new LinkedHashMap<>();
    programs.forEach(
        (program, time) ->
            sums.merge(
                program.precision()
                    + " "
                    + program.arithmetic()
                    + (program.engine().equals(Engine.TORCH.id()) ? "" : " " + program.engine()),
                time.millis().median(),
                Double::sum));
    return sums;
  }

  /**
   * Returns the results as JSON.
   *
   * @return a JSON object
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
          one.put("engine", program.engine());
          one.put("method", program.method());
          one.put("batch", time.batch());
          one.put("start_ms", time.startMillis());
          one.put("image_ms", time.millis().values());
          time.gigaflops().ifPresent(speed -> one.put("gflops", speed));
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

  /** {@return the results as lines for people} */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    host.forEach((name, value) -> lines.add(name + ": " + value));
    versions.forEach((name, value) -> lines.add(name + ": " + value));
    lines.add("");
    String row = "%-16s %-18s %-10s %-11s %-13s %5s %9s  %-24s %9s";
    lines.add(
        row.formatted(
            "network",
            "precision",
            "arithmetic",
            "engine",
            "method",
            "batch",
            "start ms",
            "ms per image",
            "GFLOP/s"));
    programs.forEach(
        (program, time) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%-16s %-18s %-10s %-11s %-13s %5d %9.0f  %-24s %9s",
                    program.network(),
                    program.precision(),
                    program.arithmetic(),
                    program.engine(),
                    program.method(),
                    time.batch(),
                    time.startMillis(),
                    time.millis(),
                    time.gigaflops().isPresent()
                        ? String.format(Locale.ROOT, "%.0f", time.gigaflops().getAsDouble())
                        : "-")));
    sums()
        .forEach(
            (what, millis) ->
                lines.add(String.format(Locale.ROOT, "all networks, %s: %.1f ms", what, millis)));
    lines.add("(one thread, %d runs after %d; median, min to max)".formatted(runs, warmups));
    lines.add("");
    stages.forEach((stage, spread) -> lines.add(stage + ": " + spread + " ms"));
    audit.ifPresent(
        whole -> {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "audit of %d images in a new process: %.1f ms per image",
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
