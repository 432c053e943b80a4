package org.bitgaze.pipelines.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.PaperTable;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ExplainOptions;
import org.bitgaze.transforms.MatchImages;
import org.joda.time.Duration;

/** Runs the main job: watches it, gathers its outputs, prints the table. */
public final class AuditJob {
  private final PipelineOptions options;
  private final MatchImages input;
  private final Audit.Options audit;
  private final OutputFolder output;
  private final PrintStream out;
  private final boolean terminal;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param options Beam's options, which choose the runner
   * @param input where the images are
   * @param audit what to compute
   * @param output where the results go
   * @param out where progress and table are printed
   * @param terminal whether {@code out} is a terminal
   */
  public AuditJob(
      PipelineOptions options,
      MatchImages input,
      Audit.Options audit,
      OutputFolder output,
      PrintStream out,
      boolean terminal) {
    this.options = options;
    this.input = input;
    this.audit = audit;
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
      Progress progress = new Progress(out, terminal, mapsPerImage());
      PipelineResult result = pipeline.run();
      watch(result, progress);
      JobMetrics metrics = JobMetrics.of(result.metrics());
      Summary summary = gather();
      print(summary, metrics, progress.seconds());
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

  private Summary gather() throws IOException {
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
      output.publish(finished);
      return summary;
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  private static List<SummaryLine> readSummary(Path shards) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<SummaryLine> lines = new ArrayList<>();
    try (var files = Files.newDirectoryStream(shards, "summary-*.jsonl")) {
      for (Path file : files) {
        for (String line : Files.readAllLines(file)) {
          lines.add(json.readValue(line, SummaryLine.class));
        }
      }
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
    out.println("results in " + output);
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
