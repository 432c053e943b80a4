package org.bitgaze.pipelines.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  private static final RunInfo RUN =
      new RunInfo(
          List.of("audit"),
          "2026-11-29T20:00:00Z",
          0,
          Map.of(),
          Map.of(),
          Map.of(),
          List.of(),
          List.of(),
          List.of("f32"),
          List.of("CC"),
          "minmax",
          "deployment",
          "exclude",
          "",
          List.of(),
          Map.of(),
          Map.of());

  @TempDir Path folder;

  @Test
  void whatWasDiscardedStaysAway() throws IOException {
    OutputFolder output = new OutputFolder(folder.toString());
    output.open();
    Path staging = Path.of(output.staging());
    output.describe(RUN);
    assertEquals(RUN, RunInfo.read(staging.resolve("run.json")));
    output.discard();
    assertThrows(IllegalStateException.class, () -> output.describe(RUN));
    assertTrue(Files.notExists(staging));
    output.open();
    output.describe(RUN);
    assertTrue(Files.exists(staging));
  }

  @Test
  void whatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    OutputFolder output = new OutputFolder(file.resolve("out").toString());
    IOException e = assertThrows(IOException.class, output::open);
    assertTrue(e.getMessage().contains(file + "/out/ cannot be written"), e.getMessage());
  }
}
