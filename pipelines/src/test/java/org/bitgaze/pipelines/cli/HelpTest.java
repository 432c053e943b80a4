package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  static Stream<CommandLine> commands() {
    return below(Bitgaze.commandLine());
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(HelpTest::below));
  }

  /** Texts are formats: a lone percent sign in one makes picocli warn on every call. */
  @ParameterizedTest
  @MethodSource("commands")
  void everyTextIsAFormat(CommandLine command) {
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String help;
    System.setErr(new PrintStream(said));
    try {
      help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
    } finally {
      System.setErr(err);
    }
    assertEquals("", said.toString());
    assertTrue(help.startsWith("Usage: " + command.getCommandSpec().qualifiedName()), help);
    assertFalse(help.contains("%%") || help.contains("%n"), help);
  }
}
