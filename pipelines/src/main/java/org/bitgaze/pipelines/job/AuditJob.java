package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.pipelines.output.PartResult;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.CompactTable;
import org.bitgaze.pipelines.report.DeploymentAgreement;
import org.bitgaze.pipelines.report.VerdictText;
import org.bitgaze.pipelines.runner.JobMetrics;
import org.bitgaze.pipelines.runner.Progress;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.MetricNames;

/**
 * The main job: calibrates, runs the pipeline for each part of the images, assembles the results,
 * and prints the table.
 */
public final class AuditJob extends Job {
  private final AuditPlan plan;
  private final PrintStream out;

  private final PartsOptions options;
  private final PartsFolder parts;
  private volatile PartRun running;
  private OptionalDouble limit = OptionalDouble.empty();

  /** Whether the parts in the folder are this job's, and none of them is worth keeping yet. */
  private volatile boolean nothingToKeep;

  /**
   * Prepares a new audit in one part; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan what to compute
   */
  public AuditJob(JobContext context, AuditPlan plan) {
    this(context, plan, PartsOptions.ONE_PART);
  }

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan what to compute
   * @param options how the audit is divided into parts
   */
  public AuditJob(JobContext context, AuditPlan plan, PartsOptions options) {
    super(context);
    this.plan = plan;
    this.options = options;
    this.parts = new PartsFolder(context.output());
    this.out = context.out();
  }

  /**
   * Also finds the first node in which a simulation differs from its deployed file.
   *
   * @param steps the number of steps of quantization that are allowed; empty to find none
   * @return this job
   */
  public AuditJob withLocated(OptionalDouble steps) {
    limit = steps;
    return this;
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
      if (!options.resume()) {
        parts.clear();
        nothingToKeep = true;
      }
      AuditParts.Begun begun =
          new AuditParts(context, plan, options, parts)
              .begin(planned, images -> calibrated(plan, images));
      AuditPlan audit = begun.audit();
      for (ExplainImages explanation : audit.explanations()) {
        for (var program : explanation.programs().entrySet()) {
          KernelReport.print(out, program.getKey(), program.getValue());
        }
      }
      if (direct) {
        ahead.compile(audit.explanations());
      }
      running = new PartRun(this, parts, begun.run());
      run(begun);
      ahead.close();
      return finish(begun);
    }
  }

  /** Runs the parts that are not complete. */
  private void run(AuditParts.Begun begun) throws IOException {
    List<PartsPlan.Part> all = begun.parts().parts();
    for (int i = 0; i < all.size(); i++) {
      PartsPlan.Part part = all.get(i);
      if (parts.result(part).isEmpty()) {
        String prefix = all.size() == 1 ? "" : "part %d of %d: ".formatted(i + 1, all.size());
        Progress progress = context.progress(part.images(), prefix);
        try {
          running.run(part, begun.audit(), begun.calibration(), progress);
        } catch (IOException | RuntimeException e) {
          if (!nothingToKeep) {
            out.printf(
                "%d of %d parts are complete; the same command with --resume continues%n",
                all.size() - parts.unfinished(begun.parts()).size(), all.size());
          }
          throw e;
        }
        if (all.size() > 1) {
          out.printf(
              Locale.ROOT, "%s%d images in %.1f s%n", prefix, part.images(), progress.seconds());
        }
      }
      nothingToKeep = false;
    }
  }

  private boolean finish(AuditParts.Begun begun) throws IOException {
    double seconds = 0;
    JobMetrics counted = JobMetrics.NONE;
    int unusable = context.input().unusable().size();
    if (unusable > 0) {
      counted = counted.with(MetricNames.REJECTS, unusable);
    }
    for (PartsPlan.Part part : begun.parts().parts()) {
      PartResult result = parts.result(part).orElseThrow();
      seconds += result.seconds();
      counted = counted.with(result.counters(), result.distributions());
    }
    JobMetrics metrics = counted;
    double took = seconds;
    LocatedDifferences located = located(begun.audit());
    Map<String, Double> footprint = Host.footprint();
    ResultAssembler.Gathered gathered =
        new ResultAssembler(context, begun.audit(), parts, options.mergeRows())
            .withLocated(located)
            .run(
                begun.parts(),
                rejected ->
                    begun
                        .run()
                        .ended(
                            took,
                            metrics.with(ResultAssembler.IMAGES_REJECTED, rejected).counters(),
                            footprint,
                            Host.convolutions()));
    print(gathered, metrics, located);
    return gathered.assessment().judgements().stream().allMatch(Judgement::holds);
  }

  /** What fails here costs no results: rows and summary are complete. */
  private LocatedDifferences located(AuditPlan audit) {
    if (limit.isEmpty()) {
      return LocatedDifferences.NONE;
    }
    try {
      return LocateDifferences.of(context.input(), audit.explanations(), limit.getAsDouble());
    } catch (IOException | RuntimeException e) {
      out.println("warning: --locate failed: " + e.getMessage());
      return LocatedDifferences.NONE;
    }
  }

  @Override
  void discard() throws IOException {
    PartRun part = running;
    if (part != null) {
      part.discard();
    }
    if (nothingToKeep) {
      parts.clear();
    }
    context.output().discard();
  }

  /** Digests weights, which takes a second per gigabyte, while ranges are calibrated. */
  private Future<RunInfo> describe() {
    FutureTask<RunInfo> task = new FutureTask<>(() -> PlannedRun.of(plan, context.description()));
    Background.start("describe-run", task);
    return task;
  }

  private void print(
      ResultAssembler.Gathered gathered, JobMetrics metrics, LocatedDifferences located) {
    RunInfo run = gathered.run();
    VerdictText.of(gathered.assessment().verdicts()).forEach(out::println);
    DeploymentAgreement.of(gathered.summary(), located).forEach(a -> out.println(a.sentence()));
    out.println();
    List<String> tests = gathered.assessment().tests().sentences(run);
    if (!tests.isEmpty()) {
      out.println("Are the maps right?");
      tests.forEach(sentence -> out.println("  " + sentence));
      out.println();
    }
    CompactTable.of(gathered.summary()).text().forEach(out::println);
    out.println("ranges of quantized activations: " + gathered.summary().ranges());
    Stream.of(
            gathered.sample().describe(),
            gathered.sample().warning(),
            gathered.sample().sharedWarning())
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
    warnings(metrics, run.count(MetricNames.MATCHED)).forEach(out::println);
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
