package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.transforms.io.LocalFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MissingFileSystemTest {
  @TempDir private Path folder;

  @Test
  void theBuildThatKnowsTheSchemeIsNamed() {
    assertEquals(
        Optional.of(
            "this build cannot read s3:// paths: build it with mvn -Paws -DskipTests package"),
        MissingFileSystem.explain(beams("s3")));
    assertEquals(
        Optional.of(
            "paths that start with abc:// are not supported; local paths, s3:// and gs:// are"),
        MissingFileSystem.explain(beams("abc")));
    assertEquals(
        Optional.of(
            "this build cannot read s3:// paths: build it with mvn -Paws -DskipTests package"),
        MissingFileSystem.explain(
            assertThrows(IOException.class, () -> LocalFiles.get("s3://bucket/weights.pth"))));
    assertEquals(Optional.empty(), MissingFileSystem.explain(new IllegalStateException()));
  }

  private static Exception beams(String scheme) {
    return assertThrows(
        IllegalArgumentException.class, () -> FileSystems.match(scheme + "://bucket/file"));
  }

  @Test
  void commandsEndWithOneLine() {
    StringWriter err = new StringWriter();
    CommandLine commands = Bitgaze.commandLine().setErr(new PrintWriter(err));
    int code =
        commands.execute(
            "audit",
            "--input",
            "s3://bucket/photos",
            "--weights",
            "scenes",
            "--networks",
            "squeezenet1_0",
            "--output",
            folder.resolve("out").toString());
    assertEquals(ExitCode.USAGE, code);
    assertEquals(
        "bitgaze: this build cannot read s3:// paths: build it with mvn -Paws -DskipTests package",
        err.toString().strip());
  }
}
