package org.bitgaze.pipelines.cli;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.bitgaze.pipelines.audit.Background;
import picocli.CommandLine.Model.CommandSpec;

/** The options of Beam and its runners, which commands that run jobs pass on. */
final class BeamOptions {
  private BeamOptions() {}

  /** Has Beam find its options in the background: half a second, while the command line is read. */
  static void findAhead() {
    Background.start("find-options", PipelineOptionsFactory::getRegisteredOptions);
  }

  /** Their names as on the command line, without dashes. */
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
   * @param arguments what a command did not know
   * @param command that command, whose options may have been meant
   * @throws UsageException if one is unknown, with the nearest option there is
   */
  static void check(List<String> arguments, CommandSpec command) {
    if (arguments.isEmpty()) {
      return; // What is not asked for is not waited for.
    }
    TreeSet<String> names = names();
    for (String argument : arguments) {
      if (!argument.startsWith("--")) {
        throw new UsageException(
            "'" + argument + "' belongs to no option; Beam's are written --name=value");
      }
      if (!names.contains(argument.substring(2).replaceFirst("=.*", ""))) {
        List<String> known =
            Stream.concat(Misuse.optionsOf(command).stream(), names.stream()).toList();
        throw new UsageException(Misuse.unknownOption(argument, known));
      }
    }
  }
}
