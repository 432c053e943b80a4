package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionCommandTest {
  @TempDir private Path folder;

  private static String said(String... args) {
    PrintStream out = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      assertEquals(0, Bitgaze.run(args));
      return bytes.toString(StandardCharsets.UTF_8);
    } finally {
      System.setOut(out);
    }
  }

  /** Runs bash, and gives what it prints. */
  private String bash(String... arguments) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash here");
    Path script = Files.writeString(folder.resolve("completion"), said("generate-completion"));
    String[] command = new String[arguments.length + 1];
    command[0] = "/bin/bash";
    for (int i = 0; i < arguments.length; i++) {
      command[i + 1] = arguments[i].replace("SCRIPT", script.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }

  @Test
  void bashAcceptsTheScript() throws Exception {
    assertEquals("", bash("-n", "SCRIPT"));
  }

  @ParameterizedTest
  @CsvSource({
    "bitgaze au, audit",
    "bitgaze networks p, pull",
    "bitgaze audit --netw, --networks",
    "./bitgaze audit --quantization-p, --quantization-points",
    "bitgaze audit --saliency spec, spectral-residual",
    "bitgaze audit --measures TO, TOPK",
    "bitgaze audit --networks mob, mobilenet_v2",
    "bitgaze audit --protocol pa, paper",
    "bitgaze audit --resize sq, squash",
    "bitgaze export --cam hir, hirescam",
    "bitgaze audit --reduce-range of, off",
    "bitgaze train vg, vgg16"
  })
  void bashCompletes(String typed, String completed) throws Exception {
    List<String> words = List.of(typed.split(" "));
    String printed =
        bash(
            "-c",
            "source SCRIPT; compopt() { :; }; COMP_WORDS=("
                + typed
                + "); COMP_CWORD="
                + (words.size() - 1)
                + "; COMP_LINE='"
                + typed
                + "'; COMP_POINT=${#COMP_LINE}; _complete_bitgaze; printf '%s\\n' \"${COMPREPLY[@]}\"");
    assertEquals(completed, printed.strip());
  }

  @Test
  void helpSaysWhatMayBeChosenAndHowToComplete() {
    assertTrue(said("--help").contains("source <(bitgaze generate-completion)"));
    String help = said("audit", "--help").replaceAll("\\s+", " ");
    assertTrue(help.contains("spectral-residual, the spectral residual"), help);
    assertTrue(help.contains("SIM*, similarity, 0 to 1; "), help);
    assertTrue(help.contains("overlap of the 5 % largest"), help);
    assertTrue(help.contains("exclude, they are counted"), help);
    assertTrue(
        help.contains(
            "[in SHARE%] [per class[, at least N images]]; without 'in', the condition is on the mean"),
        help);
    assertTrue(help.contains("'int8: CC>=0.98 in 95%, FLIP<=0.05;"), help);
    assertFalse(help.contains("${") || help.contains("%%"), help);
  }
}
