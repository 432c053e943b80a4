package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditJob;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.report.PaperTable;
import org.bitgaze.pipelines.report.Published;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.KnownProtocol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze paper}: Table 1 of arXiv:2403.09939, with its protocol and with deployment's. */
@Command(
    name = "paper",
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs the experiment of arXiv:2403.09939 twice, with the paper's protocol and as networks are"
            + " deployed, and compares the published numbers with both and with the protocol's noise."
            + " Writes paper.md, paper.csv, and an audit's results in paper/ and deployment/. Default"
            + " of --networks: the paper's networks whose weights exist.",
    footer = {
      "",
      "Examples:",
      "  bitgaze paper --input imagenet/val --limit 1000 --weights weights --output paper",
      "  bitgaze paper --input photos --weights weights --networks squeezenet1_1 --output paper \\",
      "      --saliency fastgaze:fastgaze.vxm,centre",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 success, 1 the job failed, 2 wrong usage, 4 out of memory."
    })
final class PaperCommand implements Callable<Integer> {
  private static final String TABLE = "paper.md";

  @Mixin private AuditOptions audit;
  @Mixin private JobOptions job;
  @Unmatched private List<String> beam = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    Published published = Published.read();
    if (audit.networks().isEmpty()) {
      audit.setNetworks(available(published));
    }
    RunnerSetup runner = job.runner(beam);
    // Both audits are checked before the first one runs.
    Map<KnownProtocol, AuditPlan> plans = new EnumMap<>(KnownProtocol.class);
    Map<KnownProtocol, OutputFolder> folders = new EnumMap<>(KnownProtocol.class);
    for (KnownProtocol protocol : KnownProtocol.values()) {
      AuditOptions.Request request =
          AuditOptions.Request.of(protocol.protocol(), "int16", "int8")
              .with(protocol == KnownProtocol.PAPER ? VanishedMaps.AS_ONE : VanishedMaps.EXCLUDE);
      plans.put(protocol, audit.plan(request));
      folders.put(protocol, job.folder(protocol.id()));
    }
    AuditInput images = audit.images();
    if (job.isDryRun()) {
      List<String> lines = new ArrayList<>();
      for (AuditPlan plan : plans.values()) {
        lines.addAll(audit.describeAll(images, plan, runner));
      }
      return job.describe(lines);
    }
    for (KnownProtocol protocol : KnownProtocol.values()) {
      AuditPlan plan = plans.get(protocol);
      audit.requireExact(plan, runner);
      audit.describe(images, plan).forEach(System.out::println);
      int code =
          JobOptions.run(
              job.context(runner, images, audit.classNames(plan), folders.get(protocol)),
              context -> new AuditJob(context, plan));
      if (code != ExitCode.OK) {
        return code;
      }
    }
    compare(published, folders);
    return ExitCode.OK;
  }

  private List<NetworkText> available(Published published) throws IOException {
    List<NetworkText> all = audit.options().available();
    List<String> found =
        all.stream().map(NetworkText::name).filter(published.known()::contains).toList();
    UsageException.require(
        !found.isEmpty(),
        "there are no weights of the paper's networks ("
            + String.join(", ", published.known())
            + "); 'bitgaze networks pull NETWORK' downloads them, or --weights names a folder");
    // Two networks may belong to one column of the table: only the first one runs.
    return published.known().stream()
        .filter(found::contains)
        .filter(name -> !found.contains(published.also().get(name)))
        .map(NetworkText::parse)
        .toList();
  }

  private static void compare(Published published, Map<KnownProtocol, OutputFolder> folders)
      throws IOException {
    Path paper = Path.of(folders.get(KnownProtocol.PAPER).toString());
    Path deployment = Path.of(folders.get(KnownProtocol.DEPLOYMENT).toString());
    Path output = paper.getParent();
    PaperTable table = PaperTable.of(paper, deployment, published);
    Files.writeString(output.resolve(TABLE), table.markdown());
    Files.writeString(output.resolve("paper.csv"), table.csv());
    System.out.println();
    table.text().forEach(System.out::println);
    System.out.printf(
        "%nOf the published similarities to f32, %d agree within two standard errors, %d do not.%n",
        table.agreement().get(true), table.agreement().get(false));
    System.out.println("results in " + output.resolve(TABLE));
  }
}
