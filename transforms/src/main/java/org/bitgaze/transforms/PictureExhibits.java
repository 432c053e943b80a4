package org.bitgaze.transforms;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.image.RgbImage;

/**
 * Gives exhibits their pictures. The few images are read again: cheaper than to hold every picture
 * until it is known which are chosen. (A join, not a side input: the direct runner asks again and
 * again whether a side input is there, at the expense of the work that would make it.)
 *
 * @param <T> what an image is read from
 */
public final class PictureExhibits<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<Exhibit, RgbImage>>> {
  private static final long serialVersionUID = 1L;
  private final transient PCollection<KV<String, Exhibit>> exhibits;
  private final DecodeImages<T> decode;
  private final int groups;

  private PictureExhibits(
      PCollection<KV<String, Exhibit>> exhibits, DecodeImages<T> decode, int groups) {
    this.exhibits = exhibits;
    this.decode = decode;
    this.groups = groups;
  }

  /**
   * Returns the transform, which takes all images' sources.
   *
   * @param exhibits what {@link ChooseExhibits} chose
   * @param decode reads an image
   * @param <T> what an image is read from
   * @return the transform
   */
  public static <T> PictureExhibits<T> of(
      PCollection<KV<String, Exhibit>> exhibits, DecodeImages<T> decode) {
    return new PictureExhibits<>(exhibits, decode, ImageGroups.NUMBER);
  }

  /**
   * Chooses how many images' sources are looked through at once.
   *
   * @param number how many groups of images are made, by a hash of their keys
   * @return the same transform with another number
   */
  public PictureExhibits<T> inGroups(int number) {
    return new PictureExhibits<>(exhibits, decode, number);
  }

  @Override
  public PCollection<KV<Exhibit, RgbImage>> expand(PCollection<KV<String, T>> sources) {
    TupleTag<KV<String, T>> sourcesTag = new TupleTag<>() {};
    TupleTag<KV<String, Exhibit>> exhibitsTag = new TupleTag<>() {};
    return KeyedPCollectionTuple.of(
            sourcesTag, sources.apply("GroupSources", new ImageGroups<>(groups)))
        .and(exhibitsTag, exhibits.apply("GroupExhibits", new ImageGroups<>(groups)))
        .apply("Join", CoGroupByKey.create())
        .apply("Read", ParDo.of(new ReadFn<>(sourcesTag, exhibitsTag, decode)))
        .setCoder(KvCoder.of(ExhibitCoder.of(), RgbImageCoder.of()));
  }

  private static final class ReadFn<T>
      extends DoFn<KV<Integer, CoGbkResult>, KV<Exhibit, RgbImage>> {
    private static final long serialVersionUID = 1L;
    private final TupleTag<KV<String, T>> sources;
    private final TupleTag<KV<String, Exhibit>> exhibits;
    private final DecodeImages<T> decode;

    ReadFn(
        TupleTag<KV<String, T>> sources,
        TupleTag<KV<String, Exhibit>> exhibits,
        DecodeImages<T> decode) {
      this.sources = sources;
      this.exhibits = exhibits;
      this.decode = decode;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, CoGbkResult> group, OutputReceiver<KV<Exhibit, RgbImage>> out)
        throws IOException {
      Map<String, Exhibit> chosen = new HashMap<>();
      for (KV<String, Exhibit> exhibit : group.getValue().getAll(exhibits)) {
        chosen.put(exhibit.getKey(), exhibit.getValue());
      }
      if (chosen.isEmpty()) {
        return;
      }
      for (KV<String, T> source : group.getValue().getAll(sources)) {
        Exhibit exhibit = chosen.get(source.getKey());
        if (exhibit != null) {
          out.output(KV.of(exhibit, decode.read(source.getValue())));
        }
      }
    }
  }
}
