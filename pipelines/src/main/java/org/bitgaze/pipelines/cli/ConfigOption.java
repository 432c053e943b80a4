package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Stack;
import java.util.TreeSet;
import org.bitgaze.choice.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Reads options from a file, and writes such a file. The command line overrides the file. */
final class ConfigOption {
  private static final String CONFIG = "config";

  /** Options that are no settings. */
  private static final Set<String> NO_SETTINGS = Set.of(CONFIG, "help", "version");

  @Option(
      names = "--" + CONFIG,
      paramLabel = "FILE",
      preprocessor = Arguments.class,
      description =
          "YAML file of options, by their names without dashes, including those of Beam's runners;"
              + " lists for several values; the command line overrides the file")
  private Path config;

  /**
   * Writes the options that were given, on the command line or in a file, for {@code --config}.
   *
   * @param command a parsed command
   * @return YAML; options that may be secret are replaced by a comment
   */
  static String written(CommandSpec command) {
    CommandLine.ParseResult parsed = command.commandLine().getParseResult();
    Map<String, Object> settings = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = Misuse.name(option);
      if (parsed.hasMatchedOption(option) && !isNoSetting(name)) {
        settings.put(name, value(option.getValue()));
      }
    }
    Map<String, List<String>> beam = new LinkedHashMap<>();
    StringBuilder secrets = new StringBuilder();
    List<String> shown = Descriptions.hide(parsed.unmatched(), parsed.unmatched());
    for (int i = 0; i < shown.size(); i++) {
      String[] parts = shown.get(i).substring(2).split("=", 2);
      if (shown.get(i).equals(parsed.unmatched().get(i))) {
        beam.computeIfAbsent(parts[0], name -> new ArrayList<>())
            .add(parts.length == 1 ? "true" : parts[1]);
      } else {
        secrets
            .append("# ")
            .append(parts[0])
            .append(" was given, but may be secret: give it again\n");
      }
    }
    beam.forEach((name, values) -> settings.put(name, values.size() == 1 ? values.get(0) : values));
    return OptionsFile.text(settings) + secrets;
  }

  private static boolean isNoSetting(String name) {
    return NO_SETTINGS.contains(name) || name.equals("dry-run");
  }

  private static Object value(Object value) {
    if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    return value instanceof Collection<?> all
        ? all.stream().map(OptionValues::text).toList()
        : OptionValues.text(value);
  }

  /** Inserts a file's options into the arguments that remain to be parsed. */
  static final class Arguments implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> left, CommandSpec command, ArgSpec config, Map<String, Object> info) {
      if (!left.isEmpty()) {
        String file = left.pop();
        List<String> more = arguments(file, left, command);
        for (int i = more.size() - 1; i >= 0; i--) {
          left.push(more.get(i));
        }
        left.push(file);
      }
      // The file's name is the option's value; without one, the parser reports it.
      return false;
    }

    private static List<String> arguments(String file, List<String> left, CommandSpec command) {
      Map<String, OptionSpec> options = new LinkedHashMap<>();
      command.options().forEach(option -> options.put(Misuse.name(option), option));
      options.keySet().removeAll(NO_SETTINGS);
      boolean passesOn = !command.unmatchedArgsBindings().isEmpty();
      TreeSet<String> beam = passesOn ? BeamOptions.names() : new TreeSet<>();
      List<String> unknownSoFar = command.commandLine().getUnmatchedArguments();
      List<String> arguments = new ArrayList<>();
      read(file, command)
          .forEach(
              (name, setting) -> {
                OptionSpec option = options.get(name);
                if (option == null && !beam.contains(name)) {
                  beam.addAll(options.keySet());
                  throw wrong(
                      command,
                      setting.where()
                          + ": unknown name '"
                          + name
                          + "'"
                          + Suggestion.question(name, beam));
                }
                boolean given =
                    isAmong(left, name)
                        || (option == null
                            ? isAmong(unknownSoFar, name)
                            : !option.originalStringValues().isEmpty());
                if (!given) {
                  setting.values().forEach(v -> arguments.add("--" + name + "=" + v));
                }
              });
      return arguments;
    }

    private static Map<String, OptionsFile.Setting> read(String file, CommandSpec command) {
      try {
        return OptionsFile.read(Path.of(file));
      } catch (IOException | InvalidPathException e) {
        throw wrong(command, "--config: " + e.getMessage());
      }
    }

    private static boolean isAmong(List<String> arguments, String name) {
      String option = "--" + name;
      return arguments.stream().anyMatch(a -> a.equals(option) || a.startsWith(option + "="));
    }

    private static CommandLine.ParameterException wrong(CommandSpec command, String message) {
      return new CommandLine.ParameterException(command.commandLine(), message);
    }
  }
}
