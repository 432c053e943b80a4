package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ImageReader;
import org.bitgaze.transforms.KeyLimit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.transforms.ReadMasks;
import org.bitgaze.transforms.SampleImages;
import org.bitgaze.transforms.Scenes;
import org.bitgaze.transforms.SpreadKeys;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;

/** A job's images. */
public sealed interface AuditInput {

  /** {@return the number of images, counted when the job was planned} */
  long count();

  /**
   * Adds the images and their audit to a pipeline.
   *
   * @param pipeline the pipeline
   * @param plan what to compute
   * @param runner decides how keys are spread over workers
   * @return the audit's outputs
   */
  Outputs audit(Pipeline pipeline, AuditPlan plan, RunnerSetup runner);

  /**
   * Adds a sample of the images to a pipeline.
   *
   * @param pipeline the pipeline
   * @param size number of images in the sample
   * @param candidates number of images, in the sample's order, of which the first {@code size}
   *     readable ones are taken
   * @param models their crops are kept
   * @return the sample
   */
  PCollection<KV<String, LiveImage>> sample(
      Pipeline pipeline, int size, int candidates, List<Model> models);

  /**
   * Selects some of the images, instead of those that were selected before.
   *
   * @param filter selects them
   * @return a new input
   * @throws IOException if the images cannot be counted
   */
  AuditInput within(KeyFilter filter) throws IOException;

  /**
   * Chooses a sample of the images, the same on every run.
   *
   * @param size number of images
   * @return lets the sample through; all images if there are no more than that
   * @throws IOException if the images cannot be listed
   */
  KeyLimit sample(int size) throws IOException;

  /**
   * Reads one image, in this process.
   *
   * @param key the image's key
   * @return the image
   * @throws IOException if it cannot be read
   */
  RgbImage read(String key) throws IOException;

  /**
   * An audit's outputs.
   *
   * @param result rows, summary, images and exhibits
   * @param rejects all rejects, also those of masks
   */
  record Outputs(Audit.Result result, PCollection<Reject> rejects) {}

  /**
   * Image files.
   *
   * @param images finds them
   * @param counted how many images there are, and what is skipped
   * @param count number of selected images
   * @param filter selects images
   */
  record Files(MatchImages images, ImageCount counted, long count, KeyFilter filter)
      implements AuditInput {
    /**
     * Selects all files.
     *
     * @param images finds them
     * @param counted how many images there are, and what is skipped
     */
    public Files(MatchImages images, ImageCount counted) {
      this(images, counted, counted.images(), KeyFilter.ALL);
    }

    @Override
    public AuditInput within(KeyFilter wanted) throws IOException {
      long[] found = {0};
      images.visit((key, path) -> found[0] += wanted.accepts(key) ? 1 : 0);
      return new Files(images, counted, found[0], wanted);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, RunnerSetup runner) {
      SpreadKeys.Way spreading = runner.spreading();
      Audit<String> audit =
          plan.apply(Audit.of(runner.counting(ImageReader.files()))).withHandOut(spreading);
      PCollectionList<Reject> rejects = PCollectionList.empty(pipeline);
      if (plan.labels().isPresent()) {
        audit = audit.withLabels(pipeline.apply("Labels", ReadLabels.from(plan.labels().get())));
      }
      if (plan.masks().isPresent()) {
        PCollectionTuple masks =
            selected(
                    "SelectForMasks",
                    pipeline.apply("ImagesOfMasks", images.withHandOut(spreading).uncounted()),
                    filter)
                .apply(
                    "Masks",
                    ReadMasks.<String>in(plan.masks().get().folder(), plan.models())
                        .withValues(plan.masks().get().values())
                        .withSizes(ImageReader::size));
        audit = audit.withMasks(masks.get(ReadMasks.MASKS));
        rejects = rejects.and(masks.get(ReadMasks.REJECTS));
      }
      if (!counted.unusable().isEmpty()) {
        rejects =
            rejects.and(
                pipeline
                    .apply("Unusable", Create.of(counted.unusable()))
                    .apply("Reject", ParDo.of(new ImageCount.RejectFn())));
      }
      // The audit spreads keys itself after it has joined them with labels.
      SpreadKeys.Way first = plan.labels().isPresent() ? SpreadKeys.Way.NONE : spreading;
      Audit.Result result =
          selected(pipeline.apply("Images", images.withHandOut(first)), filter)
              .apply("Audit", audit);
      return new Outputs(
          result,
          rejects.size() == 0
              ? result.rejects()
              : rejects.and(result.rejects()).apply("Rejects", Flatten.pCollections()));
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return selected(
              pipeline.apply("Images", images.withHandOut(SpreadKeys.Way.NONE).uncounted()), filter)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.files(), models).fromFirst(candidates));
    }

    @Override
    public KeyLimit sample(int size) throws IOException {
      if (size >= count) {
        return KeyLimit.ALL;
      }
      KeyLimit.Finder finder = new KeyLimit.Finder(size);
      images.visit(
          (key, path) -> {
            if (filter.accepts(key)) {
              finder.add(key);
            }
          });
      return finder.limit();
    }

    @Override
    public RgbImage read(String key) throws IOException {
      return ImageReader.files().read(images.path(key));
    }
  }

  /**
   * Synthetic scenes, which have labels and masks.
   *
   * @param scenes makes them
   * @param count number of selected scenes
   * @param filter selects scenes
   */
  record Synthetic(Scenes scenes, long count, KeyFilter filter) implements AuditInput {
    /**
     * Selects all scenes.
     *
     * @param scenes makes them
     * @param count their number
     */
    public Synthetic(Scenes scenes, long count) {
      this(scenes, count, KeyFilter.ALL);
    }

    @Override
    public AuditInput within(KeyFilter wanted) {
      return new Synthetic(scenes, scenes.count(wanted::accepts), wanted);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, RunnerSetup runner) {
      Audit.Result result =
          runner
              .counting(
                  selected(
                      pipeline.apply("Images", scenes.withHandOut(runner.spreading())), filter))
              .apply("Audit", plan.apply(Audit.scenes()));
      return new Outputs(result, result.rejects());
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return selected(
              pipeline.apply("Images", scenes.withHandOut(SpreadKeys.Way.NONE).uncounted()), filter)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.scenes(), models).fromFirst(candidates));
    }

    @Override
    public KeyLimit sample(int size) {
      if (size >= count) {
        return KeyLimit.ALL;
      }
      KeyLimit.Finder finder = new KeyLimit.Finder(size);
      scenes.count(
          key -> {
            if (filter.accepts(key)) {
              finder.add(key);
            }
            return true;
          });
      return finder.limit();
    }

    @Override
    public RgbImage read(String key) {
      return Scene.of(key).picture();
    }
  }

  private static <T> PCollection<KV<String, T>> selected(
      PCollection<KV<String, T>> keys, KeyFilter filter) {
    return selected("Select", keys, filter);
  }

  private static <T> PCollection<KV<String, T>> selected(
      String name, PCollection<KV<String, T>> keys, KeyFilter filter) {
    return filter == KeyFilter.ALL
        ? keys
        : keys.apply(name, Filter.by(image -> filter.accepts(image.getKey())));
  }
}
