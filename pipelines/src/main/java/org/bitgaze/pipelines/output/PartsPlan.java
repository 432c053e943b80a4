package org.bitgaze.pipelines.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How an audit is divided: {@code parts/plan.json}.
 *
 * @param command the command line that began the audit
 * @param started when it began, in UTC (ISO 8601)
 * @param settings every setting of that command line, by name
 * @param identity everything that decides the rows, by name: settings, digests of models and files,
 *     versions
 * @param parts the parts, in their order
 */
public record PartsPlan(
    List<String> command,
    String started,
    Map<String, String> settings,
    Map<String, String> identity,
    List<Part> parts) {
  /** Options that decide where and how an audit runs, but not its rows. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "input",
          "limit",
          "output",
          "overwrite",
          "dry-run",
          "config",
          "runner",
          "workers",
          "threads-per-worker",
          "gate",
          "classes",
          "part-size",
          "resume",
          "merge-rows");

  /**
   * A part: images with neighbouring hashes of their keys.
   *
   * @param name five digits
   * @param images number of images
   */
  public record Part(String name, long images) {}

  /** {@return the number of images in all parts} */
  public long images() {
    return parts.stream().mapToLong(Part::images).sum();
  }

  /**
   * Adds parts.
   *
   * @param more new parts
   * @return a new plan
   */
  public PartsPlan with(List<Part> more) {
    List<Part> all = new ArrayList<>(parts);
    all.addAll(more);
    return new PartsPlan(command, started, settings, identity, List.copyOf(all));
  }

  /**
   * Lists what decides the rows of a run. The images themselves are compared by their keys, so that
   * a folder may grow.
   *
   * @param run describes the run
   * @param files digests of further files by name, such as labels
   * @return name to value
   */
  public static Map<String, String> identity(RunInfo run, Map<String, String> files) {
    Map<String, String> identity = new LinkedHashMap<>();
    run.settings().forEach((name, value) -> identity.put("--" + name, value));
    WITHOUT_EFFECT.forEach(name -> identity.remove("--" + name));
    String input = run.settings().getOrDefault("input", "");
    // Keys of scenes say which scenes they are; keys of files are relative to the input.
    identity.put("--input", input.startsWith("scenes:") ? "scenes" : input);
    run.models().forEach(model -> identity.put("weights of " + model.id(), model.sha256()));
    for (RunInfo.ModelInfo candidate : run.candidates()) {
      identity.put("candidate " + candidate.id(), candidate.sha256());
      identity.put("preprocessing of " + candidate.id(), candidate.preprocessing());
      identity.put("target layer of " + candidate.id(), candidate.targetLayer());
    }
    for (RunInfo.ModelInfo model : run.models()) {
      identity.put("preprocessing of " + model.id(), model.preprocessing());
      identity.put("target layer of " + model.id(), model.targetLayer());
    }
    identity.put("protocol", run.protocol());
    identity.put("measures", String.join(",", run.measures()));
    identity.put("maps", String.join(",", run.precisions()));
    identity.putAll(files);
    for (String library : List.of("bitgaze", "libtorch")) {
      identity.put(library, run.versions().getOrDefault(library, "unknown"));
    }
    return identity;
  }

  /**
   * Compares with what would run now.
   *
   * @param now what {@link #identity(RunInfo, Map)} returned
   * @return what differs, one line each
   */
  public List<String> differences(Map<String, String> now) {
    Map<String, String> all = new LinkedHashMap<>(identity);
    now.forEach(all::putIfAbsent);
    List<String> lines = new ArrayList<>();
    for (String name : all.keySet()) {
      String before = identity.getOrDefault(name, "nothing");
      String after = now.getOrDefault(name, "nothing");
      if (!before.equals(after)) {
        lines.add("%s was %s, and is %s".formatted(name, before, after));
      }
    }
    return lines;
  }
}
