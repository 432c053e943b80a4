package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.audit.AuditJob;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Writes down how a command was called. */
final class Descriptions {
  private static final Pattern SECRET =
      Pattern.compile("(?i)--\\w*(secret|password|token|credential|accesskey|apikey)\\w*");
  private static final String HIDDEN = "***";

  private Descriptions() {}

  /** The command line, and the value of every option, whether it was given or not. */
  static AuditJob.Description of(CommandSpec spec) {
    List<String> line = new ArrayList<>(List.of("bitgaze"));
    String before = "";
    for (String argument : spec.commandLine().getParseResult().originalArgs()) {
      line.add(SECRET.matcher(before).matches() ? HIDDEN : hide(argument));
      before = argument.contains("=") ? "" : argument;
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      Object value = option.getValue();
      if (value != null && !option.usageHelp() && !option.versionHelp()) {
        settings.put(option.longestName().substring(2), text(value));
      }
    }
    return new AuditJob.Description(line, settings);
  }

  /** Runners take passwords among their options; reports are handed around. */
  private static String hide(String argument) {
    int equals = argument.indexOf('=');
    return equals > 0 && SECRET.matcher(argument.substring(0, equals)).matches()
        ? argument.substring(0, equals + 1) + HIDDEN
        : argument;
  }

  private static String text(Object value) {
    return value instanceof Collection<?> all
        ? all.stream().map(String::valueOf).collect(Collectors.joining(","))
        : value.toString();
  }
}
