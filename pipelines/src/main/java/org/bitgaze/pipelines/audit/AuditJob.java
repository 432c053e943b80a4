package org.bitgaze.pipelines.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.Calibration;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.pipelines.output.Exhibits;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.PaperTable;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Shards;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.output.Versions;
import org.bitgaze.pipelines.report.Report;
import org.bitgaze.program.ModelFile;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ExplainOptions;
import org.joda.time.Duration;

/** Runs the main job: watches it, gathers its outputs, prints the table. */
public final class AuditJob {
  private final PipelineOptions options;
  private final AuditInput input;
  private final Audit.Options audit;
  private final Description description;
  private final OutputFolder output;
  private final PrintStream out;
  private final boolean terminal;

  /**
   * What the report says of a job.
   *
   * @param command the command line
   * @param settings every setting that decides the results, by name
   */
  public record Description(List<String> command, Map<String, String> settings) {}

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param options Beam's options, which choose the runner
   * @param input where the images are
   * @param audit what to compute
   * @param description what the report says of the job
   * @param output where the results go
   * @param out where progress and table are printed
   * @param terminal whether {@code out} is a terminal
   */
  public AuditJob(
      PipelineOptions options,
      AuditInput input,
      Audit.Options audit,
      Description description,
      OutputFolder output,
      PrintStream out,
      boolean terminal) {
    this.options = options;
    this.input = input;
    this.audit = audit;
    this.description = description;
    this.output = output;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Runs the job to its end.
   *
   * @throws IOException if outputs cannot be written
   * @throws Pipeline.PipelineExecutionException if the job fails
   */
  public void run() throws IOException {
    Pipeline pipeline = AuditPipeline.create(options, input, audit, output);
    Thread cleanup = new Thread(this::discardQuietly);
    Runtime.getRuntime().addShutdownHook(cleanup);
    try {
      RunInfo run = runInfo();
      Progress progress = new Progress(out, terminal, mapsPerImage());
      PipelineResult result = pipeline.run();
      watch(result, progress);
      double seconds = progress.seconds();
      JobMetrics metrics = JobMetrics.of(result.metrics());
      Summary summary =
          gather(
              run.ended(
                  seconds,
                  metrics.matched(),
                  metrics.decoded(),
                  metrics.rejected(),
                  metrics.maps()));
      print(summary, metrics, seconds);
    } finally {
      discardQuietly();
      Runtime.getRuntime().removeShutdownHook(cleanup);
    }
  }

  private static void watch(PipelineResult result, Progress progress) {
    try {
      PipelineResult.State state;
      do {
        state = result.waitUntilFinish(Duration.millis(500));
        progress.update(JobMetrics.of(result.metrics()));
      } while (state == null || !state.isTerminal());
      if (state != PipelineResult.State.DONE) {
        throw new IllegalStateException("the job ended as " + state);
      }
    } finally {
      progress.finish();
    }
  }

  /** All that is known before the job runs; nothing of it may fail afterwards. */
  private RunInfo runInfo() throws IOException {
    List<RunInfo.Weights> weights = new ArrayList<>();
    for (ExplainOptions network : audit.networks()) {
      ModelFile model = network.model();
      weights.add(
          new RunInfo.Weights(
              model.architecture(), network.targetLayer(), model.weights(), Digests.of(model)));
    }
    return new RunInfo(
        description.command(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        0,
        0,
        0,
        0,
        0,
        description.settings(),
        weights,
        Versions.read(),
        host());
  }

  private static Map<String, String> host() {
    Map<String, String> host = new LinkedHashMap<>();
    try {
      host.put("name", InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      host.put("name", "unknown");
    }
    host.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    int processors = Runtime.getRuntime().availableProcessors();
    host.put("processors", System.getProperty("os.arch") + " x " + processors);
    host.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    return host;
  }

  private Summary gather(RunInfo run) throws IOException {
    Path work = Files.createTempDirectory("bitgaze-gather");
    try {
      Path shards = Files.createDirectory(work.resolve("shards"));
      Path finished = Files.createDirectory(work.resolve("finished"));
      output.fetchShards(shards);
      Summary summary = new Summary(networks(), precisions(), ranges(), readSummary(shards));
      Tables.rows(shards, networks(), precisions(), finished);
      Tables.rejects(shards, finished);
      SummaryFiles.writeCsv(summary, finished.resolve("summary.csv"));
      SummaryFiles.writeJson(summary, finished.resolve("summary.json"));
      Calibration.read(shards).write(finished.resolve("calibration.json"));
      Set<String> shown = Exhibits.gather(shards, finished.resolve("exhibits.jsonl"));
      audit.exhibits().show().stream()
          .filter(key -> !shown.contains(key))
          .forEach(key -> out.println("--show " + key + ": no such image was compared"));
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(finished.resolve("run.json").toFile(), run);
      new Report(finished).write();
      output.publish(finished);
      return summary;
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  private static List<SummaryLine> readSummary(Path shards) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<SummaryLine> lines = new ArrayList<>();
    for (String line : Shards.lines(shards, "summary-*.jsonl")) {
      lines.add(json.readValue(line, SummaryLine.class));
    }
    return lines;
  }

  private void print(Summary summary, JobMetrics metrics, double seconds) {
    PaperTable.text(summary).forEach(out::println);
    out.println("ranges of quantized activations: " + summary.ranges());
    out.println();
    metrics
        .distributions()
        .forEach(
            (name, d) ->
                out.printf(
                    Locale.ROOT,
                    "%-16s mean %.1f ms, max %d ms (%d)%n",
                    name.replace("_millis", ""),
                    d.getMean(),
                    d.getMax(),
                    d.getCount()));
    out.printf(
        Locale.ROOT,
        "%d images, %d rejected, %d maps in %.1f s (%.2f images a second)%n",
        metrics.decoded(),
        metrics.rejected(),
        metrics.maps(),
        seconds,
        metrics.decoded() / seconds);
    out.println("results in " + output + ", to be looked at: " + output + "report.html");
  }

  private List<String> networks() {
    return audit.networks().stream().map(n -> n.model().architecture()).toList();
  }

  private List<String> precisions() {
    List<String> all = new ArrayList<>(List.of("f32"));
    audit.networks().get(0).precisions().forEach(p -> all.add(p.toString()));
    return all;
  }

  private String ranges() {
    return audit.networks().get(0).ranges().toString();
  }

  private long mapsPerImage() {
    long maps = 0;
    for (ExplainOptions network : audit.networks()) {
      maps += 1 + network.precisions().size();
    }
    return maps;
  }

  private void discardQuietly() {
    try {
      output.discard();
    } catch (IOException | RuntimeException e) {
      out.println("staged files could not be removed: " + e.getMessage());
    }
  }
}
