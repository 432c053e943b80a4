package org.bitgaze.pipelines.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bitgaze.choice.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reports in one line what is wrong with a command line, and suggests a correction. */
final class Misuse implements CommandLine.IParameterExceptionHandler {
  private Misuse() {}

  /**
   * Makes a command line report its errors in this way, including those of its subcommands.
   *
   * @param commands all commands
   * @return the same
   */
  static CommandLine reportFor(CommandLine commands) {
    stopAtUnknownCommands(commands);
    return commands.setParameterExceptionHandler(new Misuse());
  }

  /** Without this, arguments after an unknown command could be taken for a known one. */
  private static void stopAtUnknownCommands(CommandLine command) {
    if (!command.getSubcommands().isEmpty()) {
      command.getCommandSpec().parser().stopAtUnmatched(true);
      command.getSubcommands().values().forEach(Misuse::stopAtUnknownCommands);
    }
  }

  @Override
  public int handleParseException(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(name + ": " + message(e) + " (see " + name + " --help)");
    return CommandLine.ExitCode.USAGE;
  }

  private static String message(CommandLine.ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String wrong = unmatched.getUnmatched().get(0);
      if (isOption(wrong)) {
        return unknownOption(wrong, optionsOf(command.getCommandSpec()));
      }
      Collection<String> commands = command.getSubcommands().keySet();
      if (!commands.isEmpty()) {
        return "there is no command '" + wrong + "'" + Suggestion.listing(wrong, commands);
      }
    }
    if (e instanceof CommandLine.MissingParameterException) {
      // A misspelt option is the likely reason for a missing one.
      Optional<String> misspelt =
          command.getUnmatchedArguments().stream()
              .filter(Misuse::isOption)
              .map(wrong -> unknownOption(wrong, optionsOf(command.getCommandSpec())))
              .filter(message -> message.endsWith("?"))
              .findFirst();
      if (misspelt.isPresent()) {
        return misspelt.get();
      }
    }
    return e.getMessage();
  }

  private static boolean isOption(String argument) {
    return argument.startsWith("-");
  }

  /**
   * Makes the message for an unknown option.
   *
   * @param argument the argument, possibly with a value
   * @param known names of the known options, without dashes
   */
  static String unknownOption(String argument, Collection<String> known) {
    String option = argument.replaceFirst("=.*", "");
    // Dashes would make all options similar.
    return "unknown option "
        + option
        + Suggestion.nearest(option.replaceFirst("^-+", ""), known)
            .map(name -> "; did you mean --" + name + "?")
            .orElse("");
  }

  /** {@return the long names of a command's options, without dashes} */
  static List<String> optionsOf(CommandSpec command) {
    return command.options().stream().map(Misuse::name).toList();
  }

  /** {@return the long name of an option, without dashes} */
  static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
