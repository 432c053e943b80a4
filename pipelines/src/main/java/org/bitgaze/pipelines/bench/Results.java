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
 * @param programs network, precision and arithmetic to times, in the order in which they ran
 * @param stages stage to milliseconds an image
 * @param audit the whole audit
 * @param peakMegabytes the most memory that the process had
 */
public record Results(
    Map<String, Object> host,
    Map<Program, NativeTime> programs,
    Map<String, Spread> stages,
    Optional<Whole> audit,
    Optional<Long> peakMegabytes) {

  /**
   * One program.
   *
   * @param network the model's id
   * @param precision the precision's name
   * @param arithmetic what is computed with
   */
  public record Program(String network, String precision, String arithmetic) {}

  /**
   * A whole audit of all programs in this process.
   *
   * @param images how many
   * @param millis of one image, all workers together, start and report included
   * @param firstMapSeconds from its begin to its first map
   * @param nativeShare share of all processor time that was spent in native calls, in [0, 1]
   */
  public record Whole(int images, double millis, double firstMapSeconds, double nativeShare) {}

  /**
   * Returns everything as JSON.
   *
   * @return an object
   * @throws JsonProcessingException never
   */
  public String json() throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("host", host);
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
    all.put("native", rows);
    Map<String, Object> perStage = new LinkedHashMap<>();
    stages.forEach((stage, spread) -> perStage.put(stage, spread.values()));
    all.put("stage_ms", perStage);
    audit.ifPresent(
        whole -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("images", whole.images());
          one.put("image_ms", whole.millis());
          one.put("first_map_s", whole.firstMapSeconds());
          one.put("native_share", whole.nativeShare());
          all.put("audit", one);
        });
    peakMegabytes.ifPresent(megabytes -> all.put("peak_mb", megabytes));
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
    lines.add("(one thread; median, least to most)");
    lines.add("");
    stages.forEach((stage, spread) -> lines.add(stage + ": " + spread + " ms an image"));
    audit.ifPresent(
        whole ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "audit of %d images: %.1f ms an image, first map after %.1f s, %.0f %% of the"
                        + " processor's time in native calls",
                    whole.images(),
                    whole.millis(),
                    whole.firstMapSeconds(),
                    100 * whole.nativeShare())));
    peakMegabytes.ifPresent(megabytes -> lines.add("peak memory: " + megabytes + " MB"));
    return lines;
  }
}
