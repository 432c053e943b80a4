package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.CompactTable;
import org.bitgaze.pipelines.report.VerdictText;
import org.bitgaze.pipelines.runner.JobMetrics;
import org.bitgaze.pipelines.runner.Progress;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.MetricNames;

/** The main job: calibrates, runs the pipeline, assembles the results, and prints the table. */
public final class AuditJob extends Job {
  private final AuditPlan plan;
  private final PrintStream out;

  /** Set while everything is computed but the results are not yet assembled. */
  private volatile boolean keepStaging;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan what to compute
   */
  public AuditJob(JobContext context, AuditPlan plan) {
    super(context);
    this.plan = plan;
    this.out = context.out();
  }

  @Override
  boolean execute() throws IOException {
    boolean direct = context.runner().isDirect();
    try (CompiledAhead ahead = new CompiledAhead(context.runner().slots())) {
      context.output().open();
      ResultAssembler.prepare();
      if (direct) {
        ahead.compileFloats(plan.explanations());
      }
      Future<RunInfo> planned = describe();
      AuditPlan audit = plan.needsCalibration() ? calibrated(plan, context.input()) : plan;
      for (ExplainImages explanation : audit.explanations()) {
        for (var program : explanation.programs().entrySet()) {
          KernelReport.print(out, program.getKey(), program.getValue());
        }
      }
      RunInfo run = result(planned);
      context.output().describe(run);
      Progress progress = context.progress(context.input());
      if (direct) {
        ahead.compile(audit.explanations());
      }
      JobMetrics metrics = runPipeline(context.input(), audit, context.output(), progress);
      ahead.close();
      double seconds = progress.seconds();
      Map<String, Double> footprint = Host.footprint();
      // Everything is computed: a failure from here on must not delete it.
      keepStaging = true;
      ResultAssembler.Gathered gathered =
          new ResultAssembler(context, audit)
              .run(
                  rejected ->
                      run.ended(
                          seconds,
                          metrics.with(ResultAssembler.IMAGES_REJECTED, rejected).counters(),
                          footprint,
                          Host.convolutions()));
      keepStaging = false;
      print(gathered, metrics);
      return gathered.assessment().judgements().stream().allMatch(Judgement::holds);
    } catch (ResultAssembler.ReportException e) {
      keepStaging = false;
      throw e;
    }
  }

  @Override
  void discard() throws IOException {
    if (!keepStaging) {
      context.output().discard();
    }
  }

  /** Digests weights, which takes a second per gigabyte, while ranges are calibrated. */
  private Future<RunInfo> describe() {
    FutureTask<RunInfo> task = new FutureTask<>(() -> PlannedRun.of(plan, context.description()));
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

  private void print(ResultAssembler.Gathered gathered, JobMetrics metrics) {
    RunInfo run = gathered.run();
    VerdictText.of(gathered.assessment().verdicts()).forEach(out::println);
    out.println();
    CompactTable.of(gathered.summary()).text().forEach(out::println);
    out.println("ranges of quantized activations: " + gathered.summary().ranges());
    Stream.of(gathered.sample().describe(), gathered.sample().warning())
        .filter(line -> !line.isEmpty())
        .forEach(out::println);
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
    if (context.runner().inProcess()) {
      TorchEngine.notice().ifPresent(out::println);
    }
    long images = metrics.count(MetricNames.DECODED);
    out.printf(
        Locale.ROOT,
        "%d images decoded, %d rejected, %d maps in %.1f s (%.2f images per second)%n",
        images,
        run.count(ResultAssembler.IMAGES_REJECTED),
        metrics.count(MetricNames.MAPS),
        run.seconds(),
        images / run.seconds());
    gathered.assessment().judgements().forEach(j -> out.println("gate: " + j.line()));
    if (metrics.unusableMasks() > 0) {
      out.printf(
          "warning: %d of %d images have no usable mask, and no values against masks;"
              + " rejects.csv says why%n",
          metrics.unusableMasks(), context.input().count());
    }
    RunInfo.unstableMaps(metrics.count(MetricNames.UNSTABLE))
        .ifPresent(warning -> out.println("warning: " + warning));
    long clipped = metrics.count(MetricNames.CLIPPED);
    if (clipped > 0) {
      out.println(clipped + " maps explain a logit that quantization clips");
    }
    Map<String, Double> process = run.process();
    if (!process.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "first map after %.1f s; %.0f %% of %.1f s processor time in native calls%n",
          process.get(Host.FIRST_MAP),
          100 * process.get(Host.NATIVE_SHARE),
          process.get(Host.CPU));
    }
    out.println("results in " + context.output() + ", report: " + context.output() + "report.html");
  }
}
