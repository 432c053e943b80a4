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
import org.bitgaze.zoo.PublishedFile;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze weights}: the weights that torchvision and others publish. */
@Command(
    name = "weights",
    mixinStandardHelpOptions = true,
    description =
        "Lists and downloads the ImageNet weights that torchvision publishes, and FastGaze, a network"
            + " that predicts where people look (Copyright 2021 Twitter, Inc., Apache License 2.0).",
    subcommands = {WeightsCommand.ListCommand.class, WeightsCommand.Pull.class},
    footer = {
      "",
      "Examples:",
      "  bitgaze weights list",
      "  bitgaze weights pull vgg16 resnet50 fastgaze",
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
      for (PublishedFile w : PublishedFile.all()) {
        boolean cached = Files.exists(WeightsFolder.cache().path().resolve(w.fileName()));
        System.out.printf(
            Locale.ROOT,
            "%-16s %-13s %6.1f  %-8s  %-6s  %-34s  %s%n",
            w.id(),
            w.version(),
            w.mebibytes(),
            w.sha256().substring(0, 8),
            cached ? "yes" : "no",
            w.description(),
            w.folder() + w.fileName());
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
        description =
            "torchvision's names, perhaps with a version such as IMAGENET1K_V2; or fastgaze")
    private List<String> networks;

    @Option(
        names = "--from",
        paramLabel = "URL",
        description = "a mirror with the same file names (default: where each is published)")
    private String from;

    @Override
    public Integer call() throws IOException {
      List<PublishedFile> wanted = new ArrayList<>();
      List<URI> addresses = new ArrayList<>();
      try {
        for (String network : networks) {
          if (network.equals("all")) {
            wanted.addAll(PublishedFile.all());
          } else {
            wanted.add(PublishedFile.of(network));
          }
        }
        for (PublishedFile file : wanted) {
          addresses.add(address(file));
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage());
      }
      for (int i = 0; i < wanted.size(); i++) {
        pull(wanted.get(i), addresses.get(i), System.out);
      }
      return 0;
    }

    private URI address(PublishedFile file) {
      String folder = from == null ? file.folder() : from.endsWith("/") ? from : from + "/";
      URI address = URI.create(folder + file.fileName());
      if (address.getScheme() == null || !address.getScheme().startsWith("http")) {
        throw new UsageException("--from " + from + " is no http address");
      }
      return address;
    }

    private static void pull(PublishedFile weights, URI address, PrintStream out)
        throws IOException {
      Path file = WeightsFolder.cache().path().resolve(weights.fileName());
      if (Files.exists(file) && Digests.of(file).startsWith(weights.sha256())) {
        out.println(weights.fileName() + " is there");
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
      out.println((terminal ? "\r" : "") + weights.fileName() + " is there, its digest is right");
    }
  }
}
