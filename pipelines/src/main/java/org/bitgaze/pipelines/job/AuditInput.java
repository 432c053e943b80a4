package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.ImageReader;
import org.bitgaze.transforms.KeyLimit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.ReadKeys;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.transforms.ReadMasks;
import org.bitgaze.transforms.ReadTruths;
import org.bitgaze.transforms.SampleImages;
import org.bitgaze.transforms.SceneTruths;
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
  default KeyLimit sample(int size) throws IOException {
    return size >= count() ? KeyLimit.ALL : smallest(size).limit();
  }

  /**
   * Lists some of the selected images: those that a sample of that size would take.
   *
   * @param size the number of images, at least 1
   * @return their keys, in the sample's order; all if there are fewer
   * @throws IOException if the images cannot be listed
   */
  default List<String> first(int size) throws IOException {
    return smallest(size).keys();
  }

  /**
   * Finds the selected images whose keys have the smallest hashes.
   *
   * @param size number of images
   * @return what has seen all keys
   * @throws IOException if the images cannot be listed
   */
  KeyLimit.Finder smallest(int size) throws IOException;

  /**
   * Lists the keys of the images, in this process.
   *
   * @param keys takes each
   * @throws IOException if they cannot be listed
   */
  void keys(Consumer<String> keys) throws IOException;

  /**
   * Takes a part of the images, whose keys were listed.
   *
   * @param files files of keys, see {@link ReadKeys}, which workers can read
   * @param images number of images in these files
   * @return a new input; images that cannot be used are not part of it
   */
  AuditInput listed(List<String> files, long images);

  /** {@return files and folders that cannot be used, with reasons} */
  List<Reject> unusable();

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
   * @param listing the keys of all images, if they were listed in this process
   * @param files files of the images' keys; without, each pipeline looks for the images
   */
  record Files(
      MatchImages images,
      ImageCount counted,
      long count,
      KeyFilter filter,
      Optional<KeyListing> listing,
      List<String> files)
      implements AuditInput {
    /**
     * Selects all files.
     *
     * @param images finds them
     * @param counted how many images there are, and what is skipped
     */
    public Files(MatchImages images, ImageCount counted) {
      this(images, counted, counted.images(), KeyFilter.ALL, Optional.empty(), List.of());
    }

    /** Keeps the keys of all images, whatever the limit, so that they are not looked for again. */
    public Files with(KeyListing keys) {
      return new Files(images, counted, count, filter, Optional.of(keys), files);
    }

    @Override
    public void keys(Consumer<String> keys) throws IOException {
      Consumer<String> selected =
          key -> {
            if (filter.accepts(key)
                && counted.limit().map(limit -> limit.accepts(key)).orElse(true)) {
              keys.accept(key);
            }
          };
      if (listing.isPresent()) {
        listing.get().forEach(selected);
      } else {
        images.visit((key, path) -> selected.accept(key));
      }
    }

    @Override
    public AuditInput listed(List<String> keys, long number) {
      return new Files(images, counted.usable(), number, KeyFilter.ALL, Optional.empty(), keys);
    }

    @Override
    public List<Reject> unusable() {
      return counted.unusable();
    }

    /** The images, counted if this is the first time that the pipeline reads them. */
    private PCollection<KV<String, String>> find(
        Pipeline pipeline, String name, SpreadKeys.Strategy strategy, boolean first) {
      if (files.isEmpty()) {
        MatchImages found = images.withSpreading(strategy);
        return pipeline.apply(name, first ? found : found.uncounted());
      }
      ReadKeys keys = ReadKeys.from(files);
      MatchImages paths = images;
      return pipeline
          .apply(name, first ? keys : keys.uncounted())
          .apply(
              name + "Paths",
              MapElements.into(
                      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                  .via((String key) -> KV.of(key, paths.path(key))))
          .apply(name + "Spread", SpreadKeys.<String>create().withStrategy(strategy));
    }

    @Override
    public AuditInput within(KeyFilter wanted) throws IOException {
      long[] found = {0};
      Files all = new Files(images, counted, count, KeyFilter.ALL, listing, files);
      all.keys(key -> found[0] += wanted.accepts(key) ? 1 : 0);
      return new Files(images, counted, found[0], wanted, listing, files);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, RunnerSetup runner) {
      SpreadKeys.Strategy spreading = runner.spreading();
      Audit<String> audit =
          plan.apply(Audit.of(runner.counting(ImageReader.files()))).withSpreading(spreading);
      PCollectionList<Reject> rejects = PCollectionList.empty(pipeline);
      Optional<Objective> task = plan.labelledTask();
      if (task.isPresent() && LabelInput.isFolder(plan.labels().get())) {
        PCollectionTuple truths =
            selected("SelectForLabels", find(pipeline, "ImagesOfLabels", spreading, false), filter)
                .apply("Labels", ReadTruths.<String>in(plan.labels().get(), task.get()));
        audit = audit.withTruths(truths.get(ReadTruths.TRUTHS));
        rejects = rejects.and(truths.get(ReadTruths.REJECTS));
      } else if (task.isPresent()) {
        audit =
            audit.withTruths(
                pipeline.apply("Labels", ReadTruths.from(plan.labels().get(), task.get())));
      } else if (plan.labels().isPresent()) {
        audit = audit.withLabels(pipeline.apply("Labels", ReadLabels.from(plan.labels().get())));
      }
      if (plan.masks().isPresent()) {
        PCollectionTuple masks =
            selected("SelectForMasks", find(pipeline, "ImagesOfMasks", spreading, false), filter)
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
      SpreadKeys.Strategy first =
          plan.labels().isPresent() && task.isEmpty() ? SpreadKeys.Strategy.NONE : spreading;
      Audit.Result result =
          selected(find(pipeline, "Images", first, true), filter).apply("Audit", audit);
      return new Outputs(
          result,
          rejects.size() == 0
              ? result.rejects()
              : rejects.and(result.rejects()).apply("Rejects", Flatten.pCollections()));
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return selected(find(pipeline, "Images", SpreadKeys.Strategy.NONE, false), filter)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.files(), models).fromFirst(candidates));
    }

    @Override
    public KeyLimit.Finder smallest(int size) throws IOException {
      KeyLimit.Finder finder = new KeyLimit.Finder(size);
      images.visit(
          (key, path) -> {
            if (filter.accepts(key)) {
              finder.add(key);
            }
          });
      return finder;
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
   * @param files files of the scenes' keys; without, each pipeline makes the keys
   */
  record Synthetic(Scenes scenes, long count, KeyFilter filter, List<String> files)
      implements AuditInput {
    /**
     * Selects all scenes.
     *
     * @param scenes makes them
     * @param count their number
     */
    public Synthetic(Scenes scenes, long count) {
      this(scenes, count, KeyFilter.ALL, List.of());
    }

    @Override
    public void keys(Consumer<String> keys) {
      scenes.keys(
          key -> {
            if (filter.accepts(key)) {
              keys.accept(key);
            }
          });
    }

    @Override
    public AuditInput listed(List<String> keys, long number) {
      return new Synthetic(scenes, number, KeyFilter.ALL, keys);
    }

    @Override
    public List<Reject> unusable() {
      return List.of();
    }

    private PCollection<KV<String, Scene>> make(
        Pipeline pipeline, SpreadKeys.Strategy strategy, boolean first) {
      if (files.isEmpty()) {
        Scenes made = scenes.withSpreading(strategy);
        return pipeline.apply("Images", first ? made : made.uncounted());
      }
      ReadKeys keys = ReadKeys.from(files);
      return pipeline
          .apply("Images", first ? keys : keys.uncounted())
          .apply(
              "ImagesScenes",
              MapElements.into(
                      TypeDescriptors.kvs(
                          TypeDescriptors.strings(), TypeDescriptor.of(Scene.class)))
                  .via((String key) -> KV.of(key, Scene.of(key))))
          .apply("ImagesSpread", SpreadKeys.<Scene>create().withStrategy(strategy));
    }

    @Override
    public AuditInput within(KeyFilter wanted) {
      return new Synthetic(scenes, scenes.count(wanted::accepts), wanted, files);
    }

    @Override
    public Outputs audit(Pipeline pipeline, AuditPlan plan, RunnerSetup runner) {
      PCollection<KV<String, Scene>> made =
          selected(make(pipeline, runner.spreading(), true), filter);
      Audit<Scene> audit = plan.apply(Audit.scenes());
      Optional<Objective> task = plan.task();
      if (task.isPresent()) {
        audit = audit.withTruths(made.apply("Labels", SceneTruths.of(task.get())));
      }
      Audit.Result result = runner.counting(made).apply("Audit", audit);
      return new Outputs(result, result.rejects());
    }

    @Override
    public PCollection<KV<String, LiveImage>> sample(
        Pipeline pipeline, int size, int candidates, List<Model> models) {
      return selected(make(pipeline, SpreadKeys.Strategy.NONE, false), filter)
          .apply(
              "Sample", SampleImages.of(size, ImageReader.scenes(), models).fromFirst(candidates));
    }

    @Override
    public KeyLimit.Finder smallest(int size) {
      KeyLimit.Finder finder = new KeyLimit.Finder(size);
      scenes.count(
          key -> {
            if (filter.accepts(key)) {
              finder.add(key);
            }
            return true;
          });
      return finder;
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
