package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.runners.core.construction.SerializablePipelineOptions;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.transforms.CalibrateRanges;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Finds the ranges of models' activations over a sample of images. It is a small pipeline, which
 * runs in this process wherever the audit runs, and its result is a value.
 */
public final class RangeCalibration {
  /** Factor by which the number of candidates grows where images cannot be read. */
  private static final int MORE = 4;

  private final PipelineOptions options;
  private final AuditInput input;
  private final List<Model> models;
  private final List<RangeRule> rules;
  private final int images;
  private final int workers;

  /**
   * Prepares a calibration.
   *
   * @param options Beam's options, for file systems; the runner is always the direct one
   * @param input the images
   * @param models the models
   * @param rule how ranges are determined
   * @param images size of the sample, at least 1
   * @param workers number of images processed at the same time, at most one per processor
   */
  public RangeCalibration(
      PipelineOptions options,
      AuditInput input,
      List<Model> models,
      RangeRule rule,
      int images,
      int workers) {
    this(options, input, models, List.of(rule), images, workers);
  }

  /** Prepares a calibration by several rules, which share the passes over the images. */
  RangeCalibration(
      PipelineOptions options,
      AuditInput input,
      List<Model> models,
      List<RangeRule> rules,
      int images,
      int workers) {
    this.options = options;
    this.input = input;
    this.models = List.copyOf(models);
    this.rules = List.copyOf(rules);
    this.images = images;
    this.workers = Math.min(workers, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Calibrates.
   *
   * @return the ranges
   * @throws IOException if no image can be read, or the models' weights cannot
   * @throws Pipeline.PipelineExecutionException if the pipeline fails
   */
  public Calibration run() throws IOException {
    return runAll().get(0);
  }

  /** Calibrates by all rules. {@return one calibration per rule, in their order} */
  List<Calibration> runAll() throws IOException {
    long wanted = Math.min(images, input.count());
    for (long candidates = images; ; candidates *= MORE) {
      int first = (int) Math.min(candidates, Math.min(input.count(), Integer.MAX_VALUE));
      List<Calibration> found = run(first);
      // If too few candidates can be read, more of them are tried, until there are no more images.
      if (found.get(0).images().size() >= wanted || first >= input.count()) {
        checked(found.get(0));
        return found;
      }
    }
  }

  /**
   * Calibrates, and prints the duration.
   *
   * @param out where to print
   * @return the ranges
   * @throws IOException as {@link #run()}
   */
  Calibration run(PrintStream out) throws IOException {
    long start = System.nanoTime();
    Calibration calibration = run();
    out.printf(
        Locale.ROOT,
        "ranges calibrated on %d images in %.1f s%n",
        calibration.images().size(),
        (System.nanoTime() - start) / 1e9);
    return calibration;
  }

  private void checked(Calibration found) throws IOException {
    if (found.images().isEmpty()) {
      throw new IOException(
          "ranges cannot be calibrated: none of " + input.count() + " images can be read");
    }
    for (Model model : models) {
      if (!found.models().containsKey(model.id())) {
        throw new IOException(
            "ranges cannot be calibrated: the activations of " + model + " are not finite");
      }
    }
  }

  private List<Calibration> run(int candidates) throws IOException {
    Path folder = Files.createTempDirectory("bitgaze-calibration");
    try {
      // A copy: options are a view, and changes would reach the audit.
      DirectOptions direct =
          SerializableUtils.clone(new SerializablePipelineOptions(options))
              .get()
              .as(DirectOptions.class);
      direct.setRunner(DirectRunner.class);
      direct.setEnforceEncodability(false);
      direct.setEnforceImmutability(false);
      direct.setTargetParallelism(workers);
      Pipeline pipeline = Pipeline.create(direct);
      PCollection<KV<String, LiveImage>> sample =
          input.sample(pipeline, images, candidates, models);
      sample
          .apply("Calibrate", CalibrateRanges.of(models).by(rules.toArray(RangeRule[]::new)))
          .apply("Format", ParDo.of(new FormatFn()))
          .apply(
              "Write",
              TextIO.write().to(folder.resolve("calibration").toString()).withoutSharding());
      pipeline.run().waitUntilFinish();
      return byRule(Files.readAllLines(folder.resolve("calibration")));
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }

  /** Reads one calibration per line, and puts them into the rules' order. */
  private List<Calibration> byRule(List<String> lines) throws IOException {
    Map<RangeRule, Calibration> found = new HashMap<>();
    for (String line : lines) {
      Calibration calibration = CalibrationFile.parse(line);
      found.put(calibration.rule(), calibration);
    }
    return rules.stream().map(found::get).toList();
  }

  private static final class FormatFn extends DoFn<Calibration, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Calibration calibration, OutputReceiver<String> out)
        throws IOException {
      out.output(CalibrationFile.format(calibration));
    }
  }
}
