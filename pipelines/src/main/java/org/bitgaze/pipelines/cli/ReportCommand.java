package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze report}: makes the report of a finished job again. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Makes report.html, table1.md and table1.tex again from the other results of 'bitgaze audit';"
            + " or report.md, for a comment on a pull request.",
    footer = {
      "",
      "Examples:",
      "  bitgaze report out",
      "  bitgaze report --format md out && gh pr comment --body-file out/report.md"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "folder of an audit's results, on this machine")
  private Path folder;

  private enum Format {
    html,
    md
  }

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.html;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "thresholds of the verdicts, see 'bitgaze audit --help' (default: those of the audit); does"
              + " not change the exit code: 'audit' and 'compare' do")
  private Gate gate;

  @Override
  public Integer call() throws IOException {
    List<String> missing =
        Report.SOURCES.stream().filter(name -> !Files.exists(folder.resolve(name))).toList();
    UsageException.require(
        missing.isEmpty(),
        folder + " has no results of 'bitgaze audit': no " + String.join(", ", missing));
    UsageException.require(
        RowQueries.exist(folder), folder + " has no results of 'bitgaze audit': no rows.parquet");
    if (gate != null) {
      UsageException.checking(
          () -> {
            gate.check(SummaryFiles.readJson(folder.resolve("summary.json")));
            return gate;
          });
    }
    Report report = new Report(folder, Optional.ofNullable(gate));
    if (format == Format.md) {
      report.writeMarkdown();
    } else {
      report.write();
    }
    System.out.println(folder.resolve("report." + format));
    return ExitCode.OK;
  }
}
