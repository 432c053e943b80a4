package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.pipelines.report.PaperTable;
import org.bitgaze.pipelines.report.Published;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.protocol.Step;
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
      "Other options of 'bitgaze audit', --config too, and of Beam's runners are passed on."
    })
final class PaperCommand implements Callable<Integer> {
  /** Options of an audit that make the experiment what it is. */
  private static final List<String> OWN =
      Stream.concat(
              Stream.of(
                  "--protocol",
                  "--precisions",
                  "--measures",
                  "--vanished",
                  "--calibration",
                  "--gate"),
              Arrays.stream(Step.values()).map(step -> "--" + step.id()))
          .toList();

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

  @Option(names = "--dry-run", description = "say what would run, and stop")
  private boolean dryRun;

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
    List<List<String>> audits = new ArrayList<>();
    for (KnownProtocol protocol : KnownProtocol.values()) {
      audits.add(audit(protocol, chosen));
    }
    List<List<String>> shown = audits.stream().map(this::parsed).toList();
    for (int i = 0; i < audits.size(); i++) {
      System.out.println("bitgaze " + String.join(" ", shown.get(i)));
      int code = Bitgaze.run(audits.get(i).toArray(String[]::new));
      if (code != CommandLine.ExitCode.OK) {
        return code;
      }
    }
    if (dryRun) {
      return CommandLine.ExitCode.OK;
    }
    Path paper = output.resolve(KnownProtocol.PAPER.id());
    PaperTable table =
        PaperTable.of(paper, output.resolve(KnownProtocol.DEPLOYMENT.id()), published);
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
    List<String> there = published.known().stream().filter(modelOptions::has).toList();
    // Two networks that one column may stand for: the other one only where the first is not there.
    return there.stream().filter(n -> !there.contains(published.also().get(n))).toList();
  }

  private List<String> audit(KnownProtocol protocol, List<String> chosen) {
    List<String> audit = new ArrayList<>(List.of("audit", "--protocol", protocol.id()));
    audit.addAll(List.of("--input", input, "--networks", String.join(",", chosen)));
    if (modelOptions.weights() != null) {
      audit.addAll(List.of("--weights", modelOptions.weights()));
    }
    if (modelOptions.preprocessing() != null) {
      audit.addAll(List.of("--preprocessing", modelOptions.preprocessing()));
    }
    if (saliency != null) {
      audit.addAll(List.of("--saliency", saliency));
    }
    audit.addAll(List.of("--precisions", "f32,int16,int8"));
    if (protocol == KnownProtocol.PAPER) {
      audit.addAll(List.of("--vanished", VanishedMaps.AS_ONE.id()));
    }
    audit.addAll(List.of("--output", output.resolve(protocol.id()).toString()));
    if (dryRun) {
      audit.add("--dry-run");
    }
    audit.addAll(more);
    return audit;
  }

  /** Both audits' arguments are looked at before the first runs. */
  private List<String> parsed(List<String> audit) {
    CommandLine.ParseResult parsed;
    try {
      parsed = Bitgaze.commandLine().parseArgs(audit.toArray(String[]::new)).subcommand();
    } catch (CommandLine.ParameterException e) {
      throw new UsageException(e.getMessage());
    }
    for (String option : OWN) {
      boolean added = more.stream().anyMatch(a -> a.equals(option) || a.startsWith(option + "="));
      boolean fromFile = parsed.hasMatchedOption(option) && !audit.contains(option);
      if (added || fromFile) {
        throw new UsageException(
            option + ": 'bitgaze paper' says it itself; 'bitgaze audit' takes it");
      }
    }
    return Descriptions.hide(audit, parsed.unmatched());
  }
}
