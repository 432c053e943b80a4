package org.bitgaze.pipelines.cli;

import org.bitgaze.pipelines.job.PartsOptions;
import picocli.CommandLine.Option;

/** The options of an audit that runs in parts. */
final class PartOptions {
  @Option(
      names = "--part-size",
      paramLabel = "N",
      description =
          "audits of more than N images run in parts of about N images, each complete by itself, so"
              + " that an interrupted audit can be resumed (default: ${DEFAULT-VALUE})")
  private int size = PartsOptions.SIZE;

  @Option(
      names = "--resume",
      description =
          "continue the audit in --output: complete parts are kept, and only images that are new in"
              + " the input are audited; everything that decides the results must be the same")
  private boolean resume;

  @Option(
      names = "--merge-rows",
      description =
          "write rows.csv and rows.parquet, one sorted table, also for more than 2,000,000 rows;"
              + " the dataset rows/ is always written")
  private boolean mergeRows;

  /**
   * Returns the options.
   *
   * @throws UsageException if a value is invalid
   */
  PartsOptions options() {
    UsageException.requireAtLeast(1, "--part-size", size);
    return new PartsOptions(size, resume, mergeRows);
  }
}
