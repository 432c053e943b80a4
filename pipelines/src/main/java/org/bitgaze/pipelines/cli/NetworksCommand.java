package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Mode;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.op.Size;
import org.bitgaze.pipelines.download.Download;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.QuantizationPoints;
import org.bitgaze.weights.Tensor;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.PublishedFile;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze networks}: the networks of the zoo, and their published weights. */
@Command(
    name = "networks",
    mixinStandardHelpOptions = true,
    subcommands = NetworksCommand.Pull.class,
    description =
        "Lists the networks (parameters, multiply-adds for 224x224 pixels, default target layer,"
            + " quantization points) and the published weights: torchvision's for ImageNet, and"
            + " FastGaze, a network that predicts where people look (Copyright 2021 Twitter, Inc.,"
            + " Apache License 2.0).",
    footer = {
      "",
      "Examples:",
      "  bitgaze networks",
      "  bitgaze networks pull vgg16 resnet50 fastgaze",
      "",
      "The cache is BITGAZE_HOME (default: ~/.cache/bitgaze)."
    })
final class NetworksCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    printNetworks(System.out);
    System.out.println();
    printWeights(System.out);
    return ExitCode.OK;
  }

  private static void printNetworks(PrintStream out) {
    out.println("network            parameters multiply-adds  points  target layer (as an image)");
    for (Architecture a : Architecture.values()) {
      Graph graph = a.graph(Architecture.IMAGENET_CLASSES);
      out.printf(
          Locale.ROOT,
          "%-16s %12d %11.2f G  %6d  %s (%s)%n",
          a.id(),
          parameters(graph),
          Shapes.of(graph, 224, 224).multiplyAdds() / 1e9,
          QuantizationPoints.of(Mode.EVAL.rewrite(graph).graph(), ActivationScheme.DEPLOYMENT)
              .size(),
          a.targetLayer(),
          TargetLayer.view(graph, TargetLayer.resolve(graph, a.targetLayer(), 224), Size.of(224)));
    }
  }

  /** Counts trainable parameters, without running statistics. */
  private static long parameters(Graph graph) {
    long count = 0;
    for (Map.Entry<String, int[]> p : graph.parameters().entrySet()) {
      if (!p.getKey().contains(".running_")) {
        count += Tensor.elements(p.getValue());
      }
    }
    return count;
  }

  private static void printWeights(PrintStream out) {
    String row = "%-16s %-13s %6s  %-8s  %-6s  %-34s  %s%n";
    out.printf(row, "weights", "version", "MiB", "sha256", "cached", "preprocessing", "address");
    for (PublishedFile w : PublishedFile.all()) {
      out.printf(
          row,
          w.id(),
          w.version(),
          String.format(Locale.ROOT, "%.1f", w.mebibytes()),
          w.sha256().substring(0, 8),
          Files.exists(cached(w)) ? "yes" : "no",
          w.description(),
          w.folder() + w.fileName());
    }
    out.println("cache: " + WeightsFolder.cache().path());
  }

  private static Path cached(PublishedFile file) {
    return WeightsFolder.cache().path().resolve(file.fileName());
  }

  /** {@code bitgaze networks pull}. */
  @Command(
      name = "pull",
      mixinStandardHelpOptions = true,
      description = "Downloads weights to the cache. An interrupted download is resumed.",
      footer = {
        "",
        "Examples:",
        "  bitgaze networks pull vgg16 resnet50:IMAGENET1K_V2 fastgaze",
        "  bitgaze networks pull all --from https://mirror.example/torchvision/",
        "",
        "The JVM's proxy is used:",
        "BITGAZE_JAVA_OPTS='-Dhttps.proxyHost=proxy -Dhttps.proxyPort=3128'."
      })
  static final class Pull implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "NETWORK[:VERSION]|all",
        description =
            "torchvision's names, with a version such as IMAGENET1K_V2 if needed; fastgaze")
    private List<String> networks;

    @Nullable
    @Option(
        names = "--from",
        paramLabel = "URL",
        description = "a mirror with the same file names (default: the publishers' addresses)")
    private String from;

    @Override
    public Integer call() throws IOException {
      List<PublishedFile> wanted = new ArrayList<>();
      for (String network : networks) {
        wanted.addAll(
            network.equals("all")
                ? PublishedFile.all()
                : UsageException.checking(() -> List.of(PublishedFile.of(network))));
      }
      List<URI> addresses = wanted.stream().map(this::address).toList();
      for (int i = 0; i < wanted.size(); i++) {
        pull(wanted.get(i), addresses.get(i), System.out);
      }
      return ExitCode.OK;
    }

    private URI address(PublishedFile file) {
      String folder = from == null ? file.folder() : from.replaceFirst("/?$", "/");
      URI address = UsageException.checking(() -> URI.create(folder + file.fileName()));
      UsageException.require(
          address.getScheme() != null && address.getScheme().startsWith("http"),
          "--from " + from + " is not an http address");
      return address;
    }

    private static void pull(PublishedFile weights, URI address, PrintStream out)
        throws IOException {
      Path file = cached(weights);
      if (Files.exists(file) && Digests.of(file).startsWith(weights.sha256())) {
        out.println(weights.fileName() + " is already in the cache");
        return;
      }
      boolean terminal = System.console() != null;
      long[] shown = {0};
      new Download()
          .fetch(
              address,
              file,
              weights.sha256(),
              bytes -> {
                if (terminal && bytes - shown[0] > 1 << 20) {
                  shown[0] = bytes;
                  out.printf(
                      Locale.ROOT,
                      "\r%s %.1f of %.1f MiB",
                      weights.fileName(),
                      bytes / 1048576.0,
                      weights.mebibytes());
                  out.flush();
                }
              });
      out.println((terminal ? "\r" : "") + weights.fileName() + " downloaded, digest verified");
    }
  }
}
