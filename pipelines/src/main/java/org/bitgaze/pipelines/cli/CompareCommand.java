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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze compare}: compares audits. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Compares the results of two or more audits, for example with different calibrations or"
            + " checkpoints, with paired tests on their common images. Models are matched by id; if"
            + " each audit has one model, these are compared.",
    footer = {
      "",
      "Examples:",
      "  bitgaze compare minmax averaged",
      "  bitgaze compare --output compared before-pruning after-pruning",
      "  bitgaze compare --gate 'int8: CC>=0.98 in 95%%' released candidate",
      "",
      "Exit code: 0 success, 2 wrong usage or no common images, 3 a condition of --gate does not hold."
    })
final class CompareCommand implements Callable<Integer> {
  @Parameters(
      arity = "2..*",
      paramLabel = "DIR",
      description = "folders of audits' results, on this machine; the first one is the base")
  private List<Path> folders;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "folder for compare.md and compare.csv, and gate.xml if there is a gate")
  private Path output;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description = "conditions on every audit but the first, see 'bitgaze audit --help'")
  private Gate gate = Gate.NONE;

  @Override
  public Integer call() throws IOException {
    List<Run> runs = new ArrayList<>();
    try {
      for (Path folder : folders) {
        runs.add(Run.open(folder));
      }
      boolean gated = !gate.equals(Gate.NONE);
      for (Run run : runs.subList(1, runs.size())) {
        if (gated) {
          gate.check(run.summary());
        }
      }
      RunComparison comparison = RunComparison.of(runs);
      Map<String, List<Judgement>> judgements = new LinkedHashMap<>();
      for (Run run : runs.subList(1, runs.size())) {
        judgements.put(run.folder().toString(), gate.judge(run.summary(), run.rows()));
      }
      comparison.text().forEach(System.out::println);
      judgements.forEach(
          (run, own) -> own.forEach(j -> System.out.println("gate: " + run + ": " + j.line())));
      if (output != null) {
        Files.createDirectories(output);
        Files.writeString(output.resolve("compare.md"), comparison.markdown());
        Files.writeString(output.resolve("compare.csv"), comparison.csv());
        if (gated) {
          JUnitXml.write(judgements, output.resolve("gate.xml"));
        }
        System.out.println("results in " + output.resolve("compare.md"));
      }
      boolean holds = judgements.values().stream().flatMap(List::stream).allMatch(Judgement::holds);
      return holds ? ExitCode.OK : ExitCode.GATE;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    } finally {
      for (Run run : runs) {
        run.close();
      }
    }
  }
}
