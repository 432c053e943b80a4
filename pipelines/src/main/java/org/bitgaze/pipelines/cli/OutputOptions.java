package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.List;
import org.bitgaze.pipelines.output.OutputFolder;
import picocli.CommandLine.Option;

/** Where a job's results go. */
final class OutputOptions {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "where the results go")
  private String output;

  @Option(names = "--overwrite", description = "replace results that are there")
  private boolean overwrite;

  /** The folder as it was said. */
  String said() {
    return output;
  }

  /** The folder, whatever is in it. */
  OutputFolder folder() {
    return new OutputFolder(output);
  }

  /**
   * Returns the folder if it is to be written to.
   *
   * @throws UsageException if it has results that are not to be replaced, listing them
   * @throws IOException if it cannot be looked into
   */
  OutputFolder free() throws IOException {
    OutputFolder folder = folder();
    List<String> existing = overwrite ? List.of() : folder.existing();
    if (!existing.isEmpty()) {
      throw new UsageException(
          "--output "
              + output
              + " has results already ("
              + String.join(", ", existing)
              + "); --overwrite replaces them");
    }
    return folder;
  }
}
