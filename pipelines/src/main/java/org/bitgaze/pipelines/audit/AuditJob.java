package org.bitgaze.pipelines.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.CompactTable;
import org.bitgaze.pipelines.report.VerdictText;
import org.bitgaze.quant.Calibration;
import org.bitgaze.torch.TorchEngine;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.SpreadKeys;

/** Runs the main job: calibrates, watches the pipeline, gathers its outputs, prints the table. */
public final class AuditJob {
  private final Runtime runtime;
  private final AuditInput input;
  private final AuditPlan plan;
  private final Description description;
  private final OutputFolder output;
  private final PrintStream out;
  private final boolean terminal;
  private final WatchedPipelines pipelines;

  /** Set while all is computed and not yet put together. */
  private volatile boolean keepStaging;

  /**
   * What the report says of a job.
   *
   * @param command the command line
   * @param settings every setting that decides the results, by name
   * @param classNames what classes are called, by index; empty if that is not known
   */
  public record Description(
      List<String> command, Map<String, String> settings, List<String> classNames) {}

  /**
   * Where a job runs.
   *
   * @param options Beam's options, which choose the runner
   * @param slots images worked on at once
   * @param handOut how names are handed out
   * @param here whether workers are threads of this process
   */
  public record Runtime(PipelineOptions options, int slots, SpreadKeys.Way handOut, boolean here) {}

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param runtime where it runs
   * @param input where the images are
   * @param plan what to compute
   * @param description what the report says of the job
   * @param output where the results go
   * @param out where progress and table are printed
   * @param terminal whether {@code out} is a terminal
   */
  public AuditJob(
      Runtime runtime,
      AuditInput input,
      AuditPlan plan,
      Description description,
      OutputFolder output,
      PrintStream out,
      boolean terminal) {
    this.runtime = runtime;
    this.input = input;
    this.plan = plan;
    this.description = description;
    this.output = output;
    this.out = out;
    this.terminal = terminal;
    this.pipelines = new WatchedPipelines(runtime.options(), out);
  }

  /**
   * Runs the job to its end.
   *
   * @return whether all holds that must
   * @throws IOException if outputs cannot be written
   * @throws Pipeline.PipelineExecutionException if the job fails
   */
  public boolean run() throws IOException {
    Thread cleanup = new Thread(this::stop);
    java.lang.Runtime.getRuntime().addShutdownHook(cleanup);
    try (CompiledAhead ahead = new CompiledAhead(runtime.slots())) {
      output.open();
      ResultAssembler.prepare();
      if (isOnlyWorker()) {
        ahead.compileFloats(plan.explanations());
      }
      Future<RunInfo> planned = described();
      AuditPlan calibrated = plan.needsCalibration() ? plan.with(calibrate()) : plan;
      for (ExplainImages explanation : calibrated.explanations()) {
        for (var program : explanation.programs().entrySet()) {
          KernelReport.print(out, program.getKey(), program.getValue());
        }
      }
      RunInfo run = result(planned);
      output.describe(run);
      Progress progress = new Progress(out, terminal, input.count());
      if (isOnlyWorker()) {
        ahead.compile(calibrated.explanations());
      }
      JobMetrics metrics = runPipeline(calibrated, progress);
      ahead.close();
      double seconds = progress.seconds();
      // From here on all is computed: whatever goes wrong now, it is not thrown away.
      keepStaging = true;
      RunInfo ended = run.ended(seconds, metrics.counters(), Host.footprint(), Host.convolutions());
      ResultAssembler.Gathered gathered =
          new ResultAssembler(output, input, calibrated, out).run(ended);
      keepStaging = false;
      print(gathered, metrics, ended);
      return gathered.assessment().judgements().stream().allMatch(Judgement::holds);
    } catch (ResultAssembler.ReportException e) {
      keepStaging = false;
      throw e;
    } finally {
      discardQuietly();
      try {
        java.lang.Runtime.getRuntime().removeShutdownHook(cleanup);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook runs.
      }
    }
  }

  /** Weights are digested, a second a gigabyte, while ranges are calibrated. */
  private Future<RunInfo> described() {
    FutureTask<RunInfo> task = new FutureTask<>(() -> PlannedRun.of(plan, description));
    Background.start("describe-run", task);
    return task;
  }

  private static RunInfo result(Future<RunInfo> planned) throws IOException {
    try {
      return planned.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Then its programs are compiled while images are looked at by others. */
  private boolean isOnlyWorker() {
    return runtime.options().getRunner() == DirectRunner.class;
  }

  private JobMetrics runPipeline(AuditPlan calibrated, Progress progress) throws IOException {
    return pipelines.run(
        AuditPipeline.create(runtime.options(), input, calibrated, runtime.handOut(), output),
        progress);
  }

  private Calibration calibrate() throws IOException {
    return new CalibrationJob(
            runtime.options(),
            input,
            plan.models(),
            plan.ranges(),
            plan.calibrationImages(),
            runtime.slots())
        .run(out);
  }

  private void print(ResultAssembler.Gathered gathered, JobMetrics metrics, RunInfo ended) {
    VerdictText.of(gathered.assessment().verdicts()).forEach(out::println);
    out.println();
    CompactTable.of(gathered.summary()).text().forEach(out::println);
    out.println("ranges of quantized activations: " + gathered.summary().ranges());
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
    if (runtime.here()) {
      TorchEngine.notice().ifPresent(out::println);
    }
    out.printf(
        Locale.ROOT,
        "%d images, %d rejects, %d maps in %.1f s (%.2f images a second)%n",
        metrics.decoded(),
        metrics.rejected(),
        metrics.maps(),
        ended.seconds(),
        metrics.decoded() / ended.seconds());
    gathered.assessment().judgements().forEach(j -> out.println("gate: " + j.line()));
    if (metrics.clipped() > 0) {
      out.println(metrics.clipped() + " maps explain a logit that its quantization clips");
    }
    Map<String, Double> process = ended.process();
    if (!process.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "first map %.1f s after the start; %.0f %% of %.1f processor seconds in native calls%n",
          process.get(Host.FIRST_MAP),
          100 * process.get(Host.NATIVE_SHARE),
          process.get(Host.CPU));
    }
    out.println("results in " + output + ", to be looked at: " + output + "report.html");
  }

  /** Told to end: the job on a cluster is cancelled, and nothing is left behind. */
  private void stop() {
    pipelines.stop();
    discardQuietly();
  }

  private void discardQuietly() {
    if (keepStaging) {
      return;
    }
    try {
      output.discard();
    } catch (IOException | RuntimeException e) {
      out.println("staged files could not be removed: " + e.getMessage());
    }
  }
}
