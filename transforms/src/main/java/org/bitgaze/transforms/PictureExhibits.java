package org.bitgaze.transforms;

import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.bitgaze.image.RgbImage;

/**
 * Gives exhibits their pictures. The few images are read again: cheaper than to hold every picture
 * until it is known which are chosen.
 *
 * @param <T> what an image is read from
 */
public final class PictureExhibits<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<Exhibit, RgbImage>>> {
  private static final long serialVersionUID = 1L;
  private final transient PCollection<KV<String, Exhibit>> exhibits;
  private final DecodeImages<T> decode;

  private PictureExhibits(PCollection<KV<String, Exhibit>> exhibits, DecodeImages<T> decode) {
    this.exhibits = exhibits;
    this.decode = decode;
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
    return new PictureExhibits<>(exhibits, decode);
  }

  @Override
  public PCollection<KV<Exhibit, RgbImage>> expand(PCollection<KV<String, T>> sources) {
    PCollectionView<Map<String, Exhibit>> chosen = exhibits.apply("Chosen", View.asMap());
    return sources
        .apply("Keep", ParDo.of(new KeepFn<T>(chosen)).withSideInputs(chosen))
        .setCoder(sources.getCoder())
        .apply("Decode", decode.again())
        .get(DecodeImages.IMAGES)
        .apply("Attach", ParDo.of(new AttachFn(chosen)).withSideInputs(chosen))
        .setCoder(KvCoder.of(ExhibitCoder.of(), RgbImageCoder.of()));
  }

  private static final class KeepFn<T> extends DoFn<KV<String, T>, KV<String, T>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Exhibit>> chosen;

    KeepFn(PCollectionView<Map<String, Exhibit>> chosen) {
      this.chosen = chosen;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      if (c.sideInput(chosen).containsKey(c.element().getKey())) {
        c.output(c.element());
      }
    }
  }

  private static final class AttachFn extends DoFn<KV<String, RgbImage>, KV<Exhibit, RgbImage>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Exhibit>> chosen;

    AttachFn(PCollectionView<Map<String, Exhibit>> chosen) {
      this.chosen = chosen;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      Exhibit exhibit = c.sideInput(chosen).get(c.element().getKey());
      c.output(KV.of(exhibit, c.element().getValue()));
    }
  }
}
