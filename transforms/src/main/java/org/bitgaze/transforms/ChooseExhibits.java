package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Chooses the few images that a report shows: per network those whose maps drift most, a sample,
 * and those that were asked for. No more than these are ever held together. Yields exhibits by key.
 */
public final class ChooseExhibits
    extends PTransform<PCollection<ImageMaps>, PCollection<KV<String, Exhibit>>> {
  private static final long serialVersionUID = 1L;
  private static final KvCoder<String, Exhibit> CODER =
      KvCoder.of(StringUtf8Coder.of(), ExhibitCoder.of());

  private final List<String> networks;
  private final Choice choice;

  /**
   * Which images to show.
   *
   * @param worst how many of the largest drifts per network
   * @param sample how many at random
   * @param seed of the sample
   * @param show keys of images that are shown in any case
   */
  public record Choice(int worst, int sample, long seed, List<String> show)
      implements Serializable {
    /** Nothing is shown. */
    public static final Choice NONE = new Choice(0, 0, 0, List.of());

    /** Copies the keys. */
    public Choice {
      show = List.copyOf(show);
    }
  }

  private ChooseExhibits(List<String> networks, Choice choice) {
    this.networks = List.copyOf(networks);
    this.choice = choice;
  }

  /**
   * Returns the transform.
   *
   * @param networks torchvision's names
   * @param choice which images to show
   * @return the transform
   */
  public static ChooseExhibits of(List<String> networks, Choice choice) {
    return new ChooseExhibits(networks, choice);
  }

  @Override
  public PCollection<KV<String, Exhibit>> expand(PCollection<ImageMaps> images) {
    PCollectionList<KV<String, Exhibit>> chosen =
        PCollectionList.of(sample(images)).and(named(images));
    for (String network : networks) {
      chosen = chosen.and(worst(images, network));
    }
    return chosen
        .apply("All", Flatten.pCollections())
        .apply("ByImage", GroupByKey.create())
        .apply("JoinReasons", ParDo.of(new JoinReasonsFn()))
        .setCoder(CODER);
  }

  private PCollection<KV<String, Exhibit>> worst(PCollection<ImageMaps> images, String network) {
    return images
        .apply("Comparable " + network, Filter.by(i -> i.worst(network).isPresent()))
        .apply("Worst " + network, Top.of(choice.worst(), new DriftComparator(network)))
        .apply("Each " + network, Flatten.iterables())
        .apply("Because " + network, ParDo.of(new ReasonFn(network)))
        .setCoder(CODER);
  }

  private PCollection<KV<String, Exhibit>> sample(PCollection<ImageMaps> images) {
    return images
        .apply("Key", WithKeys.of(ImageMaps::key).withKeyType(TypeDescriptors.strings()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ImageMapsCoder.of()))
        .apply(
            "Sample",
            SampleByKey.<ImageMaps>of(choice.sample()).withSalt("exhibits " + choice.seed()))
        .apply("Sampled", Values.create())
        .apply("BecauseSampled", ParDo.of(new FixedReasonFn("sample")))
        .setCoder(CODER);
  }

  private PCollection<KV<String, Exhibit>> named(PCollection<ImageMaps> images) {
    return images
        .apply("Named", Filter.by(i -> choice.show().contains(i.key())))
        .apply("BecauseNamed", ParDo.of(new FixedReasonFn("asked for")))
        .setCoder(CODER);
  }

  /** Greatest is what drifts most; of equal drifts the first key. */
  private static final class DriftComparator implements Comparator<ImageMaps>, Serializable {
    private static final long serialVersionUID = 1L;
    private final String network;

    DriftComparator(String network) {
      this.network = network;
    }

    @Override
    public int compare(ImageMaps a, ImageMaps b) {
      int byDrift = Double.compare(b.worst(network).orElse(1), a.worst(network).orElse(1));
      return byDrift != 0 ? byDrift : b.key().compareTo(a.key());
    }
  }

  private static final class ReasonFn extends DoFn<ImageMaps, KV<String, Exhibit>> {
    private static final long serialVersionUID = 1L;
    private final String network;

    ReasonFn(String network) {
      this.network = network;
    }

    @ProcessElement
    public void process(@Element ImageMaps image, OutputReceiver<KV<String, Exhibit>> out) {
      double cc = image.worst(network).orElseThrow();
      String drift =
          cc < -1 ? "a map vanishes" : String.format(Locale.ROOT, "CC with f32 %.3f", cc);
      String reason = "among the largest drifts of " + network + ": " + drift;
      out.output(KV.of(image.key(), new Exhibit(List.of(reason), image)));
    }
  }

  private static final class FixedReasonFn extends DoFn<ImageMaps, KV<String, Exhibit>> {
    private static final long serialVersionUID = 1L;
    private final String reason;

    FixedReasonFn(String reason) {
      this.reason = reason;
    }

    @ProcessElement
    public void process(@Element ImageMaps image, OutputReceiver<KV<String, Exhibit>> out) {
      out.output(KV.of(image.key(), new Exhibit(List.of(reason), image)));
    }
  }

  private static final class JoinReasonsFn
      extends DoFn<KV<String, Iterable<Exhibit>>, KV<String, Exhibit>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Exhibit>> image, OutputReceiver<KV<String, Exhibit>> out) {
      Set<String> reasons = new TreeSet<>();
      ImageMaps maps = null;
      for (Exhibit exhibit : image.getValue()) {
        reasons.addAll(exhibit.reasons());
        maps = exhibit.maps();
      }
      out.output(KV.of(image.getKey(), new Exhibit(new ArrayList<>(reasons), maps)));
    }
  }
}
