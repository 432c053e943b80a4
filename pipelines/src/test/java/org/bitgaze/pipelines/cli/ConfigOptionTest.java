package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ConfigOptionTest {
  private static final String FILE =
      """
      input: photos
      output: out
      networks: [mobilenet_v2, qat=mobilenet_v2@qat.safetensors]
      precisions: f32,int8
      dropout: off
      maps: true
      overwrite: false
      show: ["a,b.png", c.png]
      limit: 5
      flinkMaster: localhost:8081
      parallelism: 4
      """;

  @TempDir private Path folder;

  private CommandSpec parsed(String command, String text, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("audit.yaml"), text);
    List<String> args = new ArrayList<>(List.of(command));
    for (String argument : more) {
      args.add(argument.replace("FILE", file.toString()));
    }
    return Bitgaze.commandLine().parseArgs(args.toArray(String[]::new)).subcommand().commandSpec();
  }

  private static Object value(CommandSpec command, String option) {
    return command.findOption(option).getValue();
  }

  @Test
  void aFileSaysWhatTheCommandLineWould() throws IOException {
    CommandSpec audit = parsed("audit", FILE, "--config", "FILE");
    assertEquals("photos", value(audit, "--input"));
    assertEquals(
        "[mobilenet_v2, qat=mobilenet_v2@qat.safetensors]", "" + value(audit, "--networks"));
    assertEquals(List.of("f32", "int8"), value(audit, "--precisions"));
    assertEquals("off", value(audit, "--dropout"));
    assertEquals(true, value(audit, "--maps"));
    assertEquals(false, value(audit, "--overwrite"));
    assertEquals(List.of("a,b.png", "c.png"), value(audit, "--show"));
    assertEquals(5, value(audit, "--limit"));
    assertEquals(3, value(audit, "--worst"), "the default");
    assertEquals(
        List.of("--flinkMaster=localhost:8081", "--parallelism=4"),
        audit.commandLine().getUnmatchedArguments());
  }

  /** Before and behind the file, lists and Beam's options, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--config FILE --limit 9 --precisions int4 --show d.png --parallelism=8",
        "--config=FILE --limit=9 --precisions=int4 --show=d.png --parallelism=8",
        "--limit 9 --precisions int4 --show d.png --parallelism=8 --config FILE",
        "--limit 9 --precisions int4 --config=FILE --show d.png --parallelism=8"
      })
  void theCommandLineCountsMore(String line) throws IOException {
    CommandSpec audit = parsed("audit", FILE, line.split(" "));
    assertEquals(9, value(audit, "--limit"));
    assertEquals(List.of("int4"), value(audit, "--precisions"));
    assertEquals(List.of("d.png"), value(audit, "--show"));
    assertEquals("photos", value(audit, "--input"));
    assertEquals(
        List.of("--flinkMaster=localhost:8081", "--parallelism=8"),
        audit.commandLine().getUnmatchedArguments().stream().sorted().toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "audit | input: a~precision: int8 | audit.yaml, line 2: unknown name 'precision'; did you mean precisions?",
        "audit | paralelism: 4 | audit.yaml, line 1: unknown name 'paralelism'; did you mean parallelism?",
        "audit | --input: a | audit.yaml, line 1: unknown name '--input'; did you mean input?",
        "audit | colour: red | audit.yaml, line 1: unknown name 'colour'",
        "audit | help: true | audit.yaml, line 1: unknown name 'help'",
        "audit | config: b.yaml | audit.yaml, line 1: unknown name 'config'",
        "audit | input: [ | audit.yaml, line 1: ",
        "audit | limit: many | Invalid value for option '--limit'",
        "audit | limit: [1, 2] | '--limit' (N) should be specified only once",
        "export | parallelism: 4 | audit.yaml, line 1: unknown name 'parallelism'",
        "train | step: 5 | audit.yaml, line 1: unknown name 'step'; did you mean steps?"
      })
  void whatIsUnknownStopsWithFileAndName(String command, String text, String message) {
    CommandLine.ParameterException e =
        assertThrows(
            CommandLine.ParameterException.class,
            () -> parsed(command.strip(), text.strip().replace('~', '\n'), "--config", "FILE"));
    assertTrue(e.getMessage().contains(message.strip()), e.getMessage());
    assertEquals(command.strip(), e.getCommandLine().getCommandName());
  }

  /** Every kind of value is written as it is read. */
  @Test
  void whatIsWrittenIsRead() throws IOException {
    String line =
        "--input a --output b --networks x=vgg16@w.pth,m.onnx --protocol paper --vanished as-one"
            + " --arithmetic integer --measures SIM,CC --saliency centre,maps:dir"
            + " --clipped-logits strict --gate int8:CC>=0.9";
    CommandSpec given = parsed("audit", "", line.split(" "));
    String written = ConfigOption.written(given);
    assertTrue(written.contains("vanished: as-one\n"), written);
    CommandSpec again = parsed("audit", written, "--config", "FILE");
    assertEquals(written, ConfigOption.written(again));
    for (var option : given.options()) {
      if (!option.longestName().equals("--config")) {
        assertEquals("" + (Object) option.getValue(), "" + value(again, option.longestName()));
      }
    }
  }

  @Test
  void withoutAFileTheParserComplains() {
    assertTrue(
        assertThrows(CommandLine.ParameterException.class, () -> parsed("audit", "", "--config"))
            .getMessage()
            .contains("--config"));
    assertTrue(
        assertThrows(
                CommandLine.ParameterException.class,
                () -> parsed("audit", "", "--config", "/does/not/exist.yaml"))
            .getMessage()
            .contains("--config: there is no file /does/not/exist.yaml"));
  }

  @Test
  void otherCommandsTakeFilesToo() throws IOException {
    CommandSpec train = parsed("train", "steps: 5\noutput: x", "vgg16", "--config", "FILE");
    assertEquals(5, value(train, "--steps"));
    CommandSpec export =
        parsed("export", "precision: int8\noutput: x", "vgg16", "--config", "FILE");
    assertEquals("int8", value(export, "--precision"));
  }

  @Test
  void whatIsWrittenSaysTheSame() throws IOException {
    CommandSpec said =
        parsed(
            "audit",
            "measures: [CC, SIM]\nlimit: 3",
            "--config=FILE",
            "--input=photos",
            "--output",
            "out",
            "--networks=a=vgg16,resnet50",
            "--networks=vgg16",
            "--maps",
            "--dry-run",
            "--gate=int8: CC>=0.98 in 95%",
            "--dropout=off",
            "--runner=flink",
            "--flinkMaster=localhost:8081",
            "--objectReuse");
    String text = ConfigOption.written(said);
    CommandSpec again = parsed("audit", text, "--config=FILE");
    assertEquals(text, ConfigOption.written(again));
    for (var option : said.options()) {
      if (!List.of("--config", "--dry-run").contains(option.longestName())) {
        assertEquals(
            (Object) option.getValue(), value(again, option.longestName()), option.longestName());
      }
    }
    assertTrue(text.contains("networks:\n- a=vgg16\n- resnet50\n- vgg16\n"), text);
    assertTrue(text.contains("limit: 3\n") && text.contains("dropout: off\n"), text);
    assertTrue(text.contains("objectReuse: 'true'\n"), text);
    assertFalse(text.contains("worst"), "a default that nobody said");
  }

  /** Of Beam's options only those that are known to be harmless are written down. */
  @Test
  void secretsAreNotWritten() throws IOException {
    String[] said = {
      "--input=a", "--output=b", "--networks=vgg16", "--tempLocation=hunter2", "--parallelism=3"
    };
    String text = ConfigOption.written(parsed("audit", "", said));
    assertFalse(text.contains("hunter2"), text);
    assertTrue(text.contains("# tempLocation was given"), text);
    assertTrue(text.contains("parallelism: '3'"), text);
    CommandSpec again = parsed("audit", text, "--config", "FILE");
    assertEquals(List.of("--parallelism=3"), again.commandLine().getUnmatchedArguments());
    String[] line = {"--config", "FILE"};
    CommandSpec fromFile =
        parsed("audit", "input: a\noutput: b\nnetworks: vgg16\ntempLocation: hunter2", line);
    assertFalse(Descriptions.of(fromFile, List.of()).toString().contains("hunter2"));
    assertFalse(ConfigOption.written(fromFile).contains("hunter2"));
  }
}
