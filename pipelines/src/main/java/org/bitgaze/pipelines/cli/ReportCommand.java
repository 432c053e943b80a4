package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitgaze.pipelines.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bitgaze report}: the report of a job that has run. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Makes report.html, table1.md and table1.tex anew from the other outputs of 'bitgaze audit',"
            + " which makes them itself when it ends.",
    footer = {"", "Example:", "  bitgaze report out"})
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "the job's output folder, on this machine")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    List<String> missing =
        Report.SOURCES.stream().filter(name -> !Files.exists(folder.resolve(name))).toList();
    if (!missing.isEmpty()) {
      throw new UsageException(
          folder + " is no output of 'bitgaze audit': no " + String.join(", ", missing));
    }
    new Report(folder).write();
    System.out.println(folder.resolve("report.html"));
    return 0;
  }
}
