package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.audit.AuditJob;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes down how a command was called. */
final class Descriptions {
  private Descriptions() {}

  /** The command line, and the value of every option, whether it was given or not. */
  static AuditJob.Description of(CommandSpec spec) {
    List<String> line = new ArrayList<>(List.of("bitgaze"));
    line.addAll(spec.commandLine().getParseResult().originalArgs());
    Map<String, String> settings = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp() && !option.versionHelp()) {
        settings.put(option.longestName().substring(2), text(value));
      }
    }
    return new AuditJob.Description(line, settings);
  }

  private static String text(Object value) {
    return value instanceof Collection<?> all
        ? all.stream().map(String::valueOf).collect(Collectors.joining(","))
        : value.toString();
  }
}
