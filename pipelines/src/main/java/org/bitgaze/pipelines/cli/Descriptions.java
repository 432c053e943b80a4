package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitgaze.pipelines.job.JobDescription;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Describes how a command was called. */
final class Descriptions {
  private static final String HIDDEN = "***";

  /** Beam's options whose values are never secret. */
  private static final Set<String> SHOWN =
      Set.of(
          "--attachedMode",
          "--checkpointingInterval",
          "--executionModeForBatch",
          "--fasterCopy",
          "--jobName",
          "--maxBundleSize",
          "--maxBundleTimeMills",
          "--numberOfExecutionRetries",
          "--objectReuse",
          "--parallelism",
          "--targetParallelism");

  private Descriptions() {}

  /** Describes the command line and the value of every option, given or default. */
  static JobDescription of(CommandSpec spec, List<String> classNames) {
    CommandLine.ParseResult parsed = spec.commandLine().getParseResult();
    List<String> line =
        Stream.concat(
                Stream.of("bitgaze"), hide(parsed.originalArgs(), parsed.unmatched()).stream())
            .toList();
    Map<String, String> settings = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp() && !option.versionHelp()) {
        settings.put(Misuse.name(option), text(value));
      }
    }
    return new JobDescription(line, settings, classNames);
  }

  /**
   * Hides what may be secret. Runners and file systems have options for passwords and keys, whose
   * names are not known here, and reports are passed on. Only values of harmless options are shown.
   *
   * @param arguments a command line
   * @param beam the arguments that belong to Beam
   */
  static List<String> hide(List<String> arguments, List<String> beam) {
    Set<String> foreign = new HashSet<>(beam);
    List<String> line = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!foreign.contains(argument) || SHOWN.contains(name)) {
        line.add(argument);
      } else if (name.equals("--flinkMaster") && argument.indexOf('@') < 0) {
        line.add(argument);
      } else if (equals >= 0) {
        line.add(name + "=" + HIDDEN);
      } else {
        line.add(argument.startsWith("--") ? argument : HIDDEN);
      }
    }
    return List.copyOf(line);
  }

  private static String text(Object value) {
    return value instanceof Collection<?> all
        ? all.stream().map(OptionValues::text).collect(Collectors.joining(","))
        : OptionValues.text(value);
  }
}
