package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze report}: the report of a job that has run. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Makes report.html, table1.md and table1.tex anew from the other outputs of 'bitgaze audit',"
            + " which makes them itself when it ends; or report.md, for a comment on a pull request.",
    footer = {
      "",
      "Examples:",
      "  bitgaze report out",
      "  bitgaze report --format md out && gh pr comment --body-file out/report.md"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "the job's output folder, on this machine")
  private Path folder;

  /** What can be made. */
  private enum Format {
    html,
    md
  }

  @Option(
      names = "--format",
      defaultValue = "html",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "thresholds of the verdicts, see 'bitgaze audit --help' (default: those of the audit); the"
              + " report shows what fails, and the exit code stays 0: 'audit' and 'compare' have gates")
  private String gate;

  @Override
  public Integer call() throws IOException {
    List<String> missing =
        Report.SOURCES.stream().filter(name -> !Files.exists(folder.resolve(name))).toList();
    if (!missing.isEmpty()) {
      throw new UsageException(
          folder + " is no output of 'bitgaze audit': no " + String.join(", ", missing));
    }
    Report report = new Report(folder, gate());
    if (format == Format.md) {
      report.writeMarkdown();
    } else {
      report.write();
    }
    System.out.println(folder.resolve("report." + format));
    return 0;
  }

  private Optional<Gate> gate() throws IOException {
    if (gate == null) {
      return Optional.empty();
    }
    try {
      Gate parsed = Gate.parse(gate);
      parsed.check(SummaryFiles.readJson(folder.resolve("summary.json")));
      return Optional.of(parsed);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--gate: " + e.getMessage());
    }
  }
}
