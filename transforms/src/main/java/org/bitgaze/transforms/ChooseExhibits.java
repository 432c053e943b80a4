package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;

/**
 * Chooses the few images that a report shows: per model and precision those whose maps drift most
 * and the one whose map drifts least, a sample, and those that were asked for.
 *
 * <p>A worker emits an image only if it is among the best that this worker has seen so far, and
 * better ones of its bundle have not displaced it. The best images of all are always among those
 * emitted. If all images of a worker are one bundle, as on Flink, a worker emits only as many
 * images as the report shows.
 */
public final class ChooseExhibits
    extends PTransform<PCollection<ComparedImage>, PCollection<Exhibit>> {
  private static final long serialVersionUID = 1L;

  private final List<String> models;
  private final Choice choice;

  /**
   * Which images to show.
   *
   * @param worst how many of the largest drifts per model and precision
   * @param sample how many at random
   * @param seed of the sample
   * @param show keys of images that are shown in any case
   */
  public record Choice(int worst, int sample, long seed, List<String> show)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Nothing is shown. */
    public static final Choice NONE = new Choice(0, 0, 0, List.of());

    /** Copies the keys. */
    public Choice {
      show = List.copyOf(show);
    }
  }

  private ChooseExhibits(List<String> models, Choice choice) {
    this.models = List.copyOf(models);
    this.choice = choice;
  }

  /**
   * Returns the transform.
   *
   * @param models the models' ids
   * @param choice which images to show
   * @return the transform
   */
  public static ChooseExhibits of(List<String> models, Choice choice) {
    return new ChooseExhibits(models, choice);
  }

  /**
   * Chooses among the images that were chosen from parts of the input. This gives the images that
   * are chosen from the input as a whole.
   *
   * @param models the models' ids
   * @param choice which images to show, as for the parts
   * @param chosen the images chosen from the parts, in any order
   * @return the images to show, by key
   */
  public static List<Exhibit> merge(List<String> models, Choice choice, List<Exhibit> chosen) {
    ChooseFn choose = new ChooseFn(new TopK(models, choice));
    return choose.extractOutput(choose.compact(chosen.stream().map(Exhibit::image).toList()));
  }

  @Override
  public PCollection<Exhibit> expand(PCollection<ComparedImage> images) {
    Requirements.boundedAndGlobal(images, "ChooseExhibits");
    return images
        .apply("Candidates", ParDo.of(new CandidatesFn(new TopK(models, choice))))
        .apply("Choose", Combine.globally(new ChooseFn(new TopK(models, choice))).withoutDefaults())
        .setCoder(ListCoder.of(BitgazeCoders.EXHIBIT))
        .apply("Each", Flatten.iterables());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("worst", choice.worst()))
        .add(DisplayData.item("sample", choice.sample()))
        .add(DisplayData.item("seed", choice.seed()))
        .add(DisplayData.item("show", choice.show().toString()));
  }

  private static final class CandidatesFn extends DoFn<ComparedImage, ComparedImage> {
    private static final long serialVersionUID = 1L;
    private final TopK topK;
    private final ChooseFn choose;
    private transient TopK.Ranking seen;
    private transient List<ComparedImage> held;

    CandidatesFn(TopK topK) {
      this.topK = topK;
      this.choose = new ChooseFn(topK);
    }

    @Setup
    public void setup() {
      seen = topK.start();
    }

    @StartBundle
    public void startBundle() {
      held = choose.createAccumulator();
    }

    @ProcessElement
    public void process(@Element ComparedImage image) {
      if (seen.enter(image.key(), topK.entries(image))) {
        held = choose.addInput(held, image);
      }
    }

    @FinishBundle
    public void finishBundle(FinishBundleContext context) {
      held.forEach(
          image -> context.output(image, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
      held = null;
    }
  }

  private static final class ChooseFn
      extends CombineFn<ComparedImage, List<ComparedImage>, List<Exhibit>> {
    private static final long serialVersionUID = 1L;
    private final TopK topK;

    ChooseFn(TopK topK) {
      this.topK = topK;
    }

    @Override
    public List<ComparedImage> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<ComparedImage> addInput(List<ComparedImage> images, ComparedImage image) {
      images.add(image);
      return compact(images);
    }

    @Override
    public List<ComparedImage> mergeAccumulators(Iterable<List<ComparedImage>> accumulators) {
      List<ComparedImage> merged = new ArrayList<>();
      accumulators.forEach(merged::addAll);
      return compact(merged);
    }

    @Override
    public List<ComparedImage> compact(List<ComparedImage> images) {
      Map<String, ?> winners = winners(images);
      List<ComparedImage> kept = new ArrayList<>(images);
      TreeSet<String> seen = new TreeSet<>();
      kept.removeIf(image -> !winners.containsKey(image.key()) || !seen.add(image.key()));
      return kept;
    }

    private Map<String, TreeSet<ExhibitReason>> winners(List<ComparedImage> images) {
      TopK.Ranking ranking = topK.start();
      images.forEach(image -> ranking.enter(image.key(), topK.entries(image)));
      return ranking.winners();
    }

    @Override
    public List<Exhibit> extractOutput(List<ComparedImage> images) {
      Map<String, TreeSet<ExhibitReason>> winners = winners(images);
      TreeMap<String, Exhibit> exhibits = new TreeMap<>();
      images.forEach(
          image ->
              exhibits.put(
                  image.key(), new Exhibit(new ArrayList<>(winners.get(image.key())), image)));
      return new ArrayList<>(exhibits.values());
    }

    @Override
    public Coder<List<ComparedImage>> getAccumulatorCoder(
        CoderRegistry registry, Coder<ComparedImage> inputCoder) {
      return ListCoder.of(BitgazeCoders.COMPARED_IMAGE);
    }
  }
}
