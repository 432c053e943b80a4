package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitgaze.pipelines.download.Download;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.PublishedWeights;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze weights}: the weights that torchvision publishes. */
@Command(
    name = "weights",
    mixinStandardHelpOptions = true,
    description = "Lists and downloads the ImageNet weights that torchvision publishes.",
    subcommands = {WeightsCommand.ListCommand.class, WeightsCommand.Pull.class},
    footer = {
      "",
      "Examples:",
      "  bitgaze weights list",
      "  bitgaze weights pull vgg16 resnet50",
      "  bitgaze weights pull all --from https://mirror.example/torchvision/",
      "",
      "The cache is BITGAZE_HOME (~/.cache/bitgaze by default). A proxy is taken from the JVM:",
      "BITGAZE_JAVA_OPTS='-Dhttps.proxyHost=proxy -Dhttps.proxyPort=3128'."
    })
final class WeightsCommand implements Callable<Integer> {
  @picocli.CommandLine.Spec private picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return picocli.CommandLine.ExitCode.USAGE;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the published weights and whether the cache has them.")
  static final class ListCommand implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.printf(
          Locale.ROOT,
          "%-16s %-13s %6s  %-8s  %-6s  %-34s  %s%n",
          "network",
          "version",
          "MiB",
          "sha256",
          "cached",
          "preprocessing",
          "address");
      for (PublishedWeights w : PublishedWeights.values()) {
        boolean cached = Files.exists(WeightsFolder.cache().path().resolve(w.fileName()));
        System.out.printf(
            Locale.ROOT,
            "%-16s %-13s %6.1f  %-8s  %-6s  %-34s  %s%n",
            w.architecture().id(),
            w.version(),
            w.mebibytes(),
            w.sha256Prefix(),
            cached ? "yes" : "no",
            w.preprocessing().framing() + ", " + w.preprocessing().interpolation().id(),
            PublishedWeights.BASE_ADDRESS + w.fileName());
      }
      System.out.println("cache: " + WeightsFolder.cache().path());
      return 0;
    }
  }

  @Command(
      name = "pull",
      mixinStandardHelpOptions = true,
      description = "Downloads weights to the cache; a broken transfer is resumed.")
  static final class Pull implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "NETWORK[:VERSION]|all",
        description = "torchvision's names, perhaps with a version such as IMAGENET1K_V2")
    private List<String> networks;

    @Option(
        names = "--from",
        paramLabel = "URL",
        defaultValue = PublishedWeights.BASE_ADDRESS,
        description = "a mirror with the same file names (default: ${DEFAULT-VALUE})")
    private String from;

    @Override
    public Integer call() throws IOException {
      List<PublishedWeights> wanted = new ArrayList<>();
      URI base;
      try {
        for (String network : networks) {
          if (network.equals("all")) {
            wanted.addAll(List.of(PublishedWeights.values()));
          } else {
            wanted.add(published(network));
          }
        }
        base = URI.create(from.endsWith("/") ? from : from + "/");
        if (base.getScheme() == null || !base.getScheme().startsWith("http")) {
          throw new UsageException("--from " + from + " is no http address");
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage());
      }
      for (PublishedWeights weights : wanted) {
        pull(weights, base, System.out);
      }
      return 0;
    }

    /** A network's default weights, or the version that is named behind a colon. */
    private static PublishedWeights published(String text) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        return PublishedWeights.of(text);
      }
      String version = text.substring(colon + 1);
      Architecture network = Architecture.of(text.substring(0, colon));
      return PublishedWeights.of(network)
          .filter(w -> w.version().equals(version))
          .findFirst()
          .orElseThrow(
              () -> new UsageException("there is no version " + version + " of " + network.id()));
    }

    private static void pull(PublishedWeights weights, URI base, PrintStream out)
        throws IOException {
      Path file = WeightsFolder.cache().path().resolve(weights.fileName());
      if (Files.exists(file) && Digests.of(file).startsWith(weights.sha256Prefix())) {
        out.println(weights.fileName() + " is there");
        return;
      }
      boolean terminal = System.console() != null;
      long[] shown = {0};
      new Download()
          .fetch(
              base.resolve(weights.fileName()),
              file,
              weights.sha256Prefix(),
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
      out.println((terminal ? "\r" : "") + weights.fileName() + " is there, its digest is right");
    }
  }
}
