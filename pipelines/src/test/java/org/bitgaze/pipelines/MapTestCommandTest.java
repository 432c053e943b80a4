package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options that test maps. */
class MapTestCommandTest {
  @TempDir private static Path folder;

  private record Ended(int code, String out, String err) {}

  private static Ended audit(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("audit", "--input", "scenes:3:7", "--weights", "scenes", "--networks"));
    args.addAll(List.of("squeezenet1_0", "--saliency", "centre", "--precisions", "int8"));
    args.addAll(List.of(more));
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = Bitgaze.run(args.toArray(String[]::new));
      return new Ended(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void theCostIsPrintedBeforeWorkStarts() {
    Ended ended =
        audit(
            "--faithfulness", "--faithfulness-images", "2", "--sanity", "--dry-run", "--output=x");
    assertEquals(0, ended.code(), ended.err());
    // f32 judges 4 maps and int8 4, each by 2 x 27 inputs, and 3 inputs once.
    assertTrue(
        ended
            .out()
            .contains("faithfulness: about 438 forward passes for each of 2 images, 876 in all"),
        ended.out());
    assertTrue(ended.out().contains("sanity: 2 more maps per network"), ended.out());
    assertTrue(ended.out().contains("SIM, CC, KLD, POINTING, ENERGY"), ended.out());
    assertTrue(ended.out().contains("INSERTION, DELETION, CONFIDENCE"), ended.out());
  }

  @Test
  void whatCannotBeTestedIsRefused() {
    Ended training = audit("--faithfulness", "--mode", "train", "--output=x");
    assertEquals(2, training.code());
    assertTrue(training.err().contains("need networks in evaluation mode"), training.err());
    Ended none = audit("--faithfulness", "--faithfulness-images", "0", "--output=x");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("--faithfulness-images"), none.err());
    Ended gate = audit("--gate", "int8: INSERTION>=0.1", "--output=x");
    assertEquals(2, gate.code());
    assertTrue(gate.err().contains("the gate names the measure INSERTION"), gate.err());
  }

  @Test
  void theReportSaysWhetherMapsAreRight() throws IOException {
    Path out = folder.resolve("out");
    Ended ended =
        audit(
            "--measures=CC,DELETION",
            "--faithfulness-images=1",
            "--sanity",
            "--gate=int8: DELETION<=1, DELETION@random-map<=1",
            "--output=" + out);
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("Are the maps right?"), ended.out());
    assertTrue(ended.out().contains("1 images are too few"), ended.out());
    assertTrue(ended.out().contains("gate: passed squeezenet1_0 int8: DELETION"), ended.out());
    List<String> rows = Files.readAllLines(out.resolve("rows.csv"));
    assertEquals(
        9 + 2,
        rows.stream()
            .filter(r -> r.matches(".*,(network|random-.*|centre-map|f32-.*),\\d.*"))
            .count());
    String report = Files.readString(out.resolve("report.html"));
    for (String section : List.of("Gains over controls", "Cross test", "Maps of random weights")) {
      assertTrue(report.contains(section), section);
    }
  }
}
