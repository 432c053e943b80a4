package org.bitgaze.pipelines.cli;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.bitgaze.pipelines.job.Background;
import picocli.CommandLine.Model.CommandSpec;

/** The options of Beam and its runners, which commands that run jobs accept. */
final class BeamOptions {
  private BeamOptions() {}

  /** Lets Beam find its options in the background, which takes half a second. */
  static void prepare() {
    Background.start("find-options", PipelineOptionsFactory::getRegisteredOptions);
  }

  /** {@return their names, without dashes} */
  static TreeSet<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (Class<?> options : PipelineOptionsFactory.getRegisteredOptions()) {
      for (Method getter : options.getMethods()) {
        String name = getter.getName();
        if (getter.getParameterCount() == 0 && name.matches("(get|is)[A-Z].*")) {
          names.add(Introspector.decapitalize(name.replaceFirst("get|is", "")));
        }
      }
    }
    return names;
  }

  /**
   * Checks that each argument is an option of Beam's.
   *
   * @param arguments arguments that a command does not know
   * @param command this command, for suggestions
   * @throws UsageException if one is unknown; the message suggests the nearest option
   */
  static void check(List<String> arguments, CommandSpec command) {
    if (arguments.isEmpty()) {
      return; // Does not wait for Beam.
    }
    TreeSet<String> names = names();
    for (String argument : arguments) {
      if (!argument.startsWith("--")) {
        throw new UsageException(
            "'" + argument + "' is not an option; Beam's options have the form --name=value");
      }
      if (!names.contains(argument.substring(2).replaceFirst("=.*", ""))) {
        List<String> known =
            Stream.concat(Misuse.optionsOf(command).stream(), names.stream()).toList();
        throw new UsageException(Misuse.unknownOption(argument, known));
      }
    }
  }
}
