package org.bitgaze.transforms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.explain.task.LabelImage;
import org.bitgaze.explain.task.Task;
import org.bitgaze.image.ClassImage;
import org.bitgaze.image.DecodingMemory;
import org.bitgaze.saliency.PrecomputedMaps;
import org.bitgaze.transforms.values.Reject;

/**
 * Reads what images show, of tasks that are not classification: from a folder with a file for each
 * image (class numbers for segmentation, YOLO's text for detection), or from one file (COCO's JSON,
 * CSV). Takes images by key; yields {@link #TRUTHS}, and {@link #REJECTS} for files that are
 * damaged. An image without a file has no label.
 *
 * @param <T> what the images are read from
 */
public final class ReadTruths<T> extends PTransform<PCollection<KV<String, T>>, PCollectionTuple> {
  private static final long serialVersionUID = 1L;

  /** What images show, by image key. */
  public static final TupleTag<KV<String, Truth>> TRUTHS = new TupleTag<>("truths") {};

  /** Images whose label cannot be read. */
  public static final TupleTag<Reject> REJECTS = new TupleTag<>("rejects") {};

  /** {@link Reject#getStage} of such an image. */
  public static final String STAGE = "label";

  private final String folder;
  private final Objective objective;

  private ReadTruths(String folder, Objective objective) {
    this.folder = folder;
    this.objective = objective;
  }

  /**
   * Reads a file for each image.
   *
   * @param folder where every worker finds files with the images' names, and another extension
   * @param objective the task
   * @param <T> what the images are read from
   * @return the transform
   */
  public static <T> ReadTruths<T> in(String folder, Objective objective) {
    return new ReadTruths<>(folder, objective);
  }

  /**
   * Reads one file for all images.
   *
   * @param path see {@link TruthFormats#table}
   * @param objective the task
   * @return the transform
   */
  public static PTransform<PBegin, PCollection<KV<String, Truth>>> from(
      String path, Objective objective) {
    return new Table(path, objective.classes());
  }

  /**
   * Reads the label of one image.
   *
   * @param folder where the labels are
   * @param key the image's key
   * @param objective the task
   * @return what the image shows; nothing if there is no such file
   * @throws IOException if the file cannot be read or is not such a label, naming it
   */
  public static Optional<Truth> read(Path folder, String key, Objective objective)
      throws IOException {
    boolean boxes = objective.id().equals(Task.DETECTION.id());
    for (String name : boxes ? List.of(stem(key) + ".txt") : PrecomputedMaps.names(key)) {
      Path file = folder.resolve(name).normalize();
      if (file.startsWith(folder) && Files.isRegularFile(file)) {
        try (DecodingMemory memory = DecodingMemory.open()) {
          return Optional.of(
              boxes
                  ? TruthFormats.yolo(Files.readString(file), objective.classes())
                  : classes(Files.readAllBytes(file)));
        } catch (IOException e) {
          throw new IOException(file + ": " + e.getMessage(), e);
        }
      }
    }
    return Optional.empty();
  }

  /** {@return the names that an image's label may have, of any task} */
  static List<String> names(String key) {
    List<String> names = new ArrayList<>(PrecomputedMaps.names(key));
    names.add(stem(key) + ".txt");
    return names;
  }

  private static String stem(String key) {
    int dot = key.lastIndexOf('.');
    return dot > key.lastIndexOf('/') ? key.substring(0, dot) : key;
  }

  private static LabelImage classes(byte[] file) throws IOException {
    ClassImage image = ClassImage.read(file);
    return new LabelImage(image.height(), image.width(), image.classes());
  }

  @Override
  public PCollectionTuple expand(PCollection<KV<String, T>> images) {
    return images.apply(
        "Read",
        ParDo.of(new ReadFn<T>(folder, objective))
            .withOutputTags(TRUTHS, TupleTagList.of(REJECTS)));
  }

  private static final class ReadFn<T> extends DoFn<KV<String, T>, KV<String, Truth>> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
    private final String folder;
    private final Objective objective;

    ReadFn(String folder, Objective objective) {
      this.folder = folder;
      this.objective = objective;
    }

    @ProcessElement
    public void process(@Element KV<String, T> image, MultiOutputReceiver out) {
      Optional<Truth> truth = Optional.empty();
      Optional<Reject> failed = Optional.empty();
      try {
        truth = read(Path.of(folder).normalize(), image.getKey(), objective);
      } catch (IOException | RuntimeException e) {
        failed = Optional.of(Reject.of(image.getKey(), STAGE, "", e));
        rejected.inc();
      }
      truth.ifPresent(shown -> out.get(TRUTHS).output(KV.of(image.getKey(), shown)));
      failed.ifPresent(out.get(REJECTS)::output);
    }
  }

  /** One file for all images. */
  private static final class Table extends PTransform<PBegin, PCollection<KV<String, Truth>>> {
    private static final long serialVersionUID = 1L;
    private final String path;
    private final int classes;

    Table(String path, int classes) {
      this.path = path;
      this.classes = classes;
    }

    @Override
    public PCollection<KV<String, Truth>> expand(PBegin input) {
      return input.apply("File", Create.of(path)).apply("Read", ParDo.of(new TableFn(classes)));
    }
  }

  private static final class TableFn extends DoFn<String, KV<String, Truth>> {
    private static final long serialVersionUID = 1L;
    private final int classes;

    TableFn(int classes) {
      this.classes = classes;
    }

    @ProcessElement
    public void process(@Element String path, OutputReceiver<KV<String, Truth>> out)
        throws IOException {
      TruthFormats.table(path, classes).forEach((key, truth) -> out.output(KV.of(key, truth)));
    }
  }
}
