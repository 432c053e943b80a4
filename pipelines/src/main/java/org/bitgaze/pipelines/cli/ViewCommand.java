package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.pipelines.view.ViewServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze view}: shows the results of audits in a browser. */
@Command(
    name = "view",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Shows all images of one or more audits in a browser: a table to sort and filter, the maps of"
            + " each image, the classes, and the differences between audits. Maps come from"
            + " maps.parquet or maps/ (see 'bitgaze audit --maps'), or are computed when an image is opened.",
    footer = {
      "",
      "Examples:",
      "  bitgaze view out",
      "  bitgaze view before after",
      "  bitgaze view --no-open --port 8000 out (then: ssh -L 8000:localhost:8000 HOST)",
      "",
      "Ctrl-C ends it. Relative paths in the audit's options are relative to the current folder."
    })
final class ViewCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65535;

  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description =
          "folders of audits' results, on this machine; the others are compared with the first")
  private List<Path> folders;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "port to listen on (default: a free one)")
  private int port;

  @Nullable
  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "name or address to listen on, for access from other machines; the URL then contains a"
              + " random token (default: this machine only)")
  private String host;

  @Option(names = "--no-open", description = "print the URL, and open no browser")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    UsageException.require(
        port >= 0 && port <= MAX_PORT, "--port must be at most " + MAX_PORT + ", not " + port);
    try (ViewServer server = start()) {
      System.out.println(server.url());
      System.out.println("Ctrl-C ends it");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(server)));
      if (!quiet) {
        open(server.url());
      }
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.OK;
    }
  }

  /** Deletes temporary files. */
  private static void closeQuietly(ViewServer server) {
    try {
      server.close();
    } catch (IOException e) {
      // The process is ending.
    }
  }

  private ViewServer start() throws IOException {
    List<Run> runs = new ArrayList<>();
    try {
      for (Path folder : folders) {
        System.out.println("reading " + folder);
        runs.add(Run.open(folder));
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    return ViewServer.start(
        runs, run -> new RestoredAudit(run.info(), run.folder()), Optional.ofNullable(host), port);
  }

  /** Opens the desktop's browser, if there is one. The JVM itself has no display. */
  private static void open(String url) {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    List<String> command =
        system.startsWith("windows")
            ? List.of("rundll32", "url.dll,FileProtocolHandler", url)
            : List.of(system.startsWith("mac") ? "open" : "xdg-open", url);
    boolean desktop =
        !command.get(0).equals("xdg-open")
            || System.getenv("DISPLAY") != null
            || System.getenv("WAYLAND_DISPLAY") != null;
    try {
      if (desktop) {
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
      }
    } catch (IOException e) {
      // The URL is printed.
    }
  }
}
