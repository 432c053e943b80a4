package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.List;
import org.bitgaze.pipelines.output.OutputFolder;

/** Results that are there are replaced only when that is asked for. */
final class ExistingResults {
  private ExistingResults() {}

  /**
   * Refuses a folder that has results.
   *
   * @param folder where a job would write
   * @param output the folder as it was said
   * @throws UsageException if it has some, listing them
   * @throws IOException if it cannot be looked into
   */
  static void refuse(OutputFolder folder, String output) throws IOException {
    List<String> existing = folder.existing();
    if (!existing.isEmpty()) {
      throw new UsageException(
          "--output "
              + output
              + " has results already ("
              + String.join(", ", existing)
              + "); --overwrite replaces them");
    }
  }
}
