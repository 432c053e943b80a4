package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.JUnitXml;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.pipelines.report.RunComparison;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze compare}: audits side by side. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Lays the results of two or more audits side by side (another calibration, another"
            + " checkpoint, another day), with paired tests on the images that they have in common."
            + " Models are matched by their ids; where each run has a single one, these are compared.",
    footer = {
      "",
      "Examples:",
      "  bitgaze compare minmax averaged",
      "  bitgaze compare --output compared before-pruning after-pruning",
      "  bitgaze compare --gate 'int8: CC>=0.98 in 95%%' released candidate",
      "",
      "Exit code: 0 done, 2 wrong usage or nothing in common, 3 a condition of --gate does not hold."
    })
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      arity = "2..*",
      paramLabel = "DIR",
      description = "output folders of 'bitgaze audit', on this machine; the first is the base")
  private List<Path> folders;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "also writes compare.md and compare.csv, and gate.xml if there is a gate")
  private Path output;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description = "what must hold of every run but the first, see 'bitgaze audit --help'")
  private String gate;

  @Override
  public Integer call() throws IOException {
    List<Run> runs = new ArrayList<>();
    try {
      for (Path folder : folders) {
        runs.add(Run.open(folder));
      }
      Gate conditions = gate == null ? Gate.NONE : Gate.parse(gate);
      for (Run run : runs.subList(1, runs.size())) {
        if (gate != null) {
          conditions.check(run.summary());
        }
      }
      RunComparison comparison = RunComparison.of(runs);
      Map<String, List<Judgement>> judgements = new LinkedHashMap<>();
      for (Run run : runs.subList(1, runs.size())) {
        judgements.put(run.folder().toString(), conditions.judge(run.summary(), run.rows()));
      }
      comparison.text().forEach(System.out::println);
      judgements.forEach(
          (run, own) -> own.forEach(j -> System.out.println("gate: " + run + ": " + j.line())));
      if (output != null) {
        Files.createDirectories(output);
        Files.writeString(output.resolve("compare.md"), comparison.markdown());
        Files.writeString(output.resolve("compare.csv"), comparison.csv());
        if (gate != null) {
          JUnitXml.write(judgements, output.resolve("gate.xml"));
        }
        System.out.println("results in " + output.resolve("compare.md"));
      }
      boolean holds = judgements.values().stream().flatMap(List::stream).allMatch(Judgement::holds);
      return holds ? CommandLine.ExitCode.OK : AuditCommand.GATE;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    } finally {
      for (Run run : runs) {
        run.close();
      }
    }
  }
}
