package org.bitgaze.pipelines.audit;

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
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ImageReader;
import org.bitgaze.transforms.KeyShare;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.transforms.ReadMasks;
import org.bitgaze.transforms.SampleImages;
import org.bitgaze.transforms.Scenes;
import org.bitgaze.transforms.SpreadKeys;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;

/** Where a job's images come from. */
public sealed interface AuditInput {

  /**
   * Returns how many images there are.
   *
   * @return the number when the job was planned
   */
  long count();

  /**
   * Adds the images and their audit to a pipeline.
   *
   * @param pipeline where to
   * @param plan what to compute
   * @param handOut how names are handed out
   * @return the audit's outputs, and rejects of what it was given
   */
  Outputs audit(Pipeline pipeline, AuditPlan plan, SpreadKeys.Way handOut);

  /**
   * Adds a sample of the images to a pipeline.
   *
   * @param pipeline where to
   * @param size how many images
   * @param candidates of so many images, in the sample's order, those are taken that can be read
   * @param models keeps what these see
   * @return the sample
   */
  PCollection<KV<String, LiveImage>> sample(
      Pipeline pipeline, int size, int candidates, List<Model> models);

  /**
   * Takes a share of the images only.
   *
   * @param share lets their keys through
   * @return a new input, whose images were counted anew
   * @throws IOException if they cannot be counted
   */
  AuditInput within(KeyShare share) throws IOException;

  /**
   * Reads one image, in this process.
   *
   * @param key the image's key
   * @return the image
   * @throws IOException if it cannot be read
   */
  RgbImage read(String key) throws IOException;

  /**
   * What an audit yields.
   *
   * @param result the audit's outputs
   * @param rejects all of them
   */
  record Outputs(Audit.Result result, PCollection<Reject> rejects) {}

  /**
   * Image files.
   *
   * @param images finds them
   * @param counted how many there are, and what is skipped
   * @param count how many are taken
   * @param share which of them are taken
   */
  record Files(MatchImages images, ImageCount counted, long count, KeyShare share)
      implements AuditInput {
    /**
     * Takes all files.
     *
     * @param images finds them
     * @param counted how many there are, and what is skipped
     */
    public Files(MatchImages images, ImageCount counted) {
      this(images, counted, counted.images(), KeyShare.ALL);
    }

    @Override
    public AuditInput within(KeyShare wanted) throws IOException {
      long[] found = {0};
      images.visit((key, path) -> found[0] += wanted.accepts(key) ? 1 : 0);
      return new Files(images, counted, found[0], wanted);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, SpreadKeys.Way handOut) {
      MatchImages found = images.withHandOut(handOut);
      Audit<String> audit = plan.apply(Audit.files()).withHandOut(handOut);
      PCollectionList<Reject> rejects = PCollectionList.empty(pipeline);
      if (plan.labels().isPresent()) {
        audit = audit.withLabels(pipeline.apply("Labels", ReadLabels.from(plan.labels().get())));
      }
      if (plan.masks().isPresent()) {
        PCollectionTuple masks =
            pipeline
                .apply("ImagesOfMasks", found.uncounted())
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
      Audit.Result result = keep(pipeline.apply("Images", found), share).apply("Audit", audit);
      return new Outputs(
          result,
          rejects.size() == 0
              ? result.rejects()
              : rejects.and(result.rejects()).apply("Rejects", Flatten.pCollections()));
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return keep(
              pipeline.apply("Images", images.withHandOut(SpreadKeys.Way.inShards(1)).uncounted()),
              share)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.files(), models).fromFirst(candidates));
    }

    @Override
    public RgbImage read(String key) throws IOException {
      return ImageReader.files().read(images.path(key));
    }
  }

  /**
   * Synthetic scenes, which know their labels and masks.
   *
   * @param scenes makes them
   * @param count how many there are
   * @param share which of them are taken
   */
  record Synthetic(Scenes scenes, long count, KeyShare share) implements AuditInput {
    /**
     * Takes all scenes.
     *
     * @param scenes makes them
     * @param count how many there are
     */
    public Synthetic(Scenes scenes, long count) {
      this(scenes, count, KeyShare.ALL);
    }

    @Override
    public AuditInput within(KeyShare wanted) {
      return new Synthetic(scenes, scenes.count(wanted), wanted);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, SpreadKeys.Way handOut) {
      Scenes made = scenes.withHandOut(handOut);
      Audit<Scene> audit = plan.apply(Audit.scenes());
      Audit.Result result = keep(pipeline.apply("Images", made), share).apply("Audit", audit);
      return new Outputs(result, result.rejects());
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return keep(
              pipeline.apply("Images", scenes.withHandOut(SpreadKeys.Way.inShards(1)).uncounted()),
              share)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.scenes(), models).fromFirst(candidates));
    }

    @Override
    public RgbImage read(String key) {
      return Scene.of(key).picture();
    }
  }

  /** Leaves out the images that are not wanted, where some are not. */
  private static <T> PCollection<KV<String, T>> keep(
      PCollection<KV<String, T>> names, KeyShare share) {
    return share.equals(KeyShare.ALL)
        ? names
        : names.apply("Share", Filter.by(name -> share.accepts(name.getKey())));
  }
}
