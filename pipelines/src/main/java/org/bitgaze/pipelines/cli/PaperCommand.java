package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.report.PaperTable;
import org.bitgaze.pipelines.report.Published;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.zoo.FastGaze;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze paper}: Table 1 of arXiv:2403.09939, by its protocol and by deployment's. */
@Command(
    name = "paper",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs the experiment of arXiv:2403.09939 twice, by its own protocol and as networks are"
            + " deployed, and lays the published numbers, these two and the protocol's noise side by"
            + " side: paper.md, paper.csv, and an audit's results in paper/ and deployment/.",
    footer = {
      "",
      "Examples:",
      "  bitgaze paper --input imagenet/val --limit 1000 --weights weights --output paper",
      "  bitgaze paper --input photos --weights weights --networks squeezenet1_1 --output paper \\",
      "      --saliency fastgaze:fastgaze.vxm,centre",
      "",
      "Other options of 'bitgaze audit' and of Beam's runners are passed on."
    })
final class PaperCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description = "images, as 'bitgaze audit' takes them")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "where the results go")
  private Path output;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "NETWORK",
      description = "the paper's networks (default: all whose weights are there)")
  private List<String> networks;

  @Option(
      names = "--saliency",
      paramLabel = "METHOD",
      description =
          "as 'bitgaze audit' takes it (default: fastgaze where its weights are, else"
              + " spectral-residual; and centre)")
  private String saliency;

  @Mixin private ModelOptions modelOptions;

  @Unmatched private List<String> more = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    Published published = Published.read();
    List<String> chosen = networks == null ? there(published) : networks;
    if (chosen.isEmpty()) {
      throw new UsageException(
          "there are no weights of the paper's networks ("
              + String.join(", ", published.known())
              + "); 'bitgaze weights pull NETWORK' downloads them, or --weights names a folder");
    }
    for (KnownProtocol protocol : KnownProtocol.values()) {
      int code = audit(protocol, chosen);
      if (code != CommandLine.ExitCode.OK) {
        return code;
      }
    }
    Path paper = output.resolve(KnownProtocol.PAPER.id());
    PaperTable table =
        PaperTable.of(
            RunInfo.read(paper.resolve("run.json")),
            summary(paper),
            summary(output.resolve(KnownProtocol.DEPLOYMENT.id())),
            published);
    Files.writeString(output.resolve("paper.md"), table.markdown());
    Files.writeString(output.resolve("paper.csv"), table.csv());
    System.out.println();
    table.text().forEach(System.out::println);
    System.out.printf(
        "%nOf the published likenesses to f32, %d agree within two standard errors, %d do not.%n",
        table.agreement().get(true), table.agreement().get(false));
    System.out.println("results in " + output.resolve("paper.md"));
    return CommandLine.ExitCode.OK;
  }

  private List<String> there(Published published) {
    return published.known().stream().filter(modelOptions::has).toList();
  }

  private int audit(KnownProtocol protocol, List<String> chosen) {
    List<String> audit = new ArrayList<>(List.of("audit", "--protocol", protocol.id()));
    audit.addAll(List.of("--input", input, "--networks", String.join(",", chosen)));
    if (modelOptions.weights() != null) {
      audit.addAll(List.of("--weights", modelOptions.weights()));
    }
    audit.addAll(List.of("--precisions", "f32,int16,int8", "--saliency", saliency()));
    if (protocol == KnownProtocol.PAPER) {
      audit.addAll(List.of("--vanished", VanishedMaps.AS_ONE.id()));
    }
    audit.addAll(List.of("--output", output.resolve(protocol.id()).toString()));
    audit.addAll(more);
    System.out.println("bitgaze " + String.join(" ", Descriptions.hide(audit, more)));
    return Bitgaze.run(audit.toArray(String[]::new));
  }

  private String saliency() {
    if (saliency != null) {
      return saliency;
    }
    boolean learned = modelOptions.hasPublished(FastGaze.PUBLISHED);
    Reference method = learned ? Reference.FASTGAZE : Reference.SPECTRAL_RESIDUAL;
    return method.id() + "," + Reference.CENTRE.id();
  }

  private static Summary summary(Path folder) throws IOException {
    return SummaryFiles.readJson(folder.resolve("summary.json"));
  }
}
