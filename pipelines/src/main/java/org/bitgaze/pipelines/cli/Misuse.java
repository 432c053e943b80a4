package org.bitgaze.pipelines.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bitgaze.choice.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Says in one line what is wrong with a command line, and what may have been meant. */
final class Misuse implements CommandLine.IParameterExceptionHandler {
  private Misuse() {}

  /**
   * Makes a command line tell its errors so, its subcommands' as well.
   *
   * @param commands all commands
   * @return the same
   */
  static CommandLine toldBy(CommandLine commands) {
    stopAtUnknownCommands(commands);
    return commands.setParameterExceptionHandler(new Misuse());
  }

  /** Else what follows an unknown command is searched for the name of a known one. */
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
      // An option is rarely forgotten and an unknown one of nearly its name given.
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
   * Says that an option is unknown.
   *
   * @param argument what was given, perhaps with a value
   * @param known the names of the options there are, without dashes
   */
  static String unknownOption(String argument, Collection<String> known) {
    String option = argument.replaceFirst("=.*", "");
    // Dashes would make all options alike.
    return "unknown option "
        + option
        + Suggestion.nearest(option.replaceFirst("^-+", ""), known)
            .map(name -> "; did you mean --" + name + "?")
            .orElse("");
  }

  /** The long names of a command's options, without dashes. */
  static List<String> optionsOf(CommandSpec command) {
    return command.options().stream().map(Misuse::name).toList();
  }

  /** The long name of an option, without dashes. */
  static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
