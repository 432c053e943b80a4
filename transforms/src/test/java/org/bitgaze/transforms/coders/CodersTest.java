package org.bitgaze.transforms.coders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.testing.CoderProperties;
import org.apache.beam.sdk.util.CoderUtils;
import org.bitgaze.explain.task.Labels;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.Reference;
import org.bitgaze.saliency.Centre;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.JudgedMap;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.MapChecks;
import org.bitgaze.transforms.values.RandomizedMap;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;
import org.junit.jupiter.api.Test;

class CodersTest {
  private final Heatmap map =
      new Heatmap(2, 3, new float[] {0, -0f, 1e-30f, Float.MAX_VALUE, 5, -6});
  private final RgbImage image = new RgbImage(1, 2, new byte[] {1, 2, 3, -4, 5, 6});
  private final Picture picture =
      new Picture(
          Map.of(
              Preprocessing.IMAGENET,
              image,
              Preprocessing.IMAGENET.withResize(232).with(Interpolation.BICUBIC),
              image),
          Optional.of(new WholeImage(4, 2, image)));
  private final MapPart part = new MapPart(map, new Framing.Region(0.1, 0, 0.7, 1));
  private final CenterCrop crop = new CenterCrop(232, 224);
  private final Mask mask = new Mask(1, 3, BitSet.valueOf(new long[] {5}));
  private final CamMap cam =
      new CamMap("qat", "int8", crop, 7, 0.25, 9, true, map, Fidelity.of(20.5, 1.0 / 0));
  private final Reject reject =
      Reject.of("a/ü.png", "cam int8", "qat", "its logits are not finite");
  private final ImageMaps maps =
      new ImageMaps(
          OptionalInt.of(4),
          Optional.of(new ImageSize(640, 480)),
          Optional.of(new Labels(new TreeSet<>(List.of(2, 5)))),
          List.of(new SeenMask(crop, mask)),
          List.of(new SeenMap(Reference.FASTGAZE, crop, part)),
          List.of(cam, cam),
          List.of(reject),
          new MapChecks(
              List.of(
                  new JudgedMap("m", "int8", Reference.NETWORK, Faithfulness.UNKNOWN),
                  new JudgedMap(
                      "m",
                      "int8",
                      Reference.RANDOM_MAP,
                      new Faithfulness(
                          OptionalDouble.of(0.5),
                          OptionalDouble.of(0.25),
                          OptionalDouble.empty(),
                          OptionalDouble.of(-0.5)))),
              List.of(new RandomizedMap("m", Reference.RANDOM_HEAD, cam.cam()))));
  private final ComparedImage compared =
      new ComparedImage(
          "a/b.png",
          List.of(new SeenMap(Reference.FASTGAZE, crop, part)),
          List.of(new SeenMask(crop, mask)),
          List.of(
              new ComparedMap(cam, true, OptionalDouble.of(0.5)),
              new ComparedMap(cam, false, OptionalDouble.empty())));

  private static <T> void check(Coder<T> coder, T value) throws Exception {
    CoderProperties.coderSerializable(coder);
    CoderProperties.coderDecodeEncodeEqual(coder, value);
    CoderProperties.coderDeterministic(coder, value, CoderUtils.clone(coder, value));
  }

  @Test
  void valuesRoundTrip() throws Exception {
    check(BitgazeCoders.HEATMAP, map);
    check(BitgazeCoders.RGB_IMAGE, image);
    check(new PictureCoder(), picture);
    check(new PictureCoder(), new Picture(picture.crops(), Optional.empty()));
    check(BitgazeCoders.SEEN_MAP, new SeenMap(Reference.FASTGAZE, crop, part));
    check(BitgazeCoders.SEEN_MASK, new SeenMask(crop, mask));
    check(BitgazeCoders.CAM_MAP, cam);
    check(BitgazeCoders.REJECT, reject);
    check(BitgazeCoders.IMAGE_MAPS, maps);
    check(BitgazeCoders.IMAGE_MAPS, ImageMaps.NONE);
    check(BitgazeCoders.LIVE_IMAGE, new LiveImage(Optional.of(picture), maps, List.of()));
    check(BitgazeCoders.LIVE_IMAGE, LiveImage.unreadable(reject));
    check(BitgazeCoders.COMPARED_IMAGE, compared);
    check(
        BitgazeCoders.EXHIBIT,
        new Exhibit(
            List.of(
                ExhibitReason.of(ExhibitReason.Kind.SAMPLE),
                new ExhibitReason(ExhibitReason.Kind.LARGEST_DRIFT, "m", "int8", 0.5)),
            compared));
  }

  @Test
  void scenesAreTheirKeys() throws Exception {
    Scene scene = Scene.of(-3, 12);
    assertEquals(scene.key(), CoderUtils.clone(new SceneCoder(), scene).key());
  }

  @Test
  void beamFindsThemByItself() throws Exception {
    CoderRegistry registry = CoderRegistry.createDefault();
    assertEquals(BitgazeCoders.LIVE_IMAGE, registry.getCoder(LiveImage.class));
    assertEquals(BitgazeCoders.SEEN_MASK, registry.getCoder(SeenMask.class));
    assertEquals(BitgazeCoders.EXHIBIT, registry.getCoder(Exhibit.class));
  }

  /** What is joined is small: a CAM under 1 KB, a mask 6, a saliency map 16, the centre nothing. */
  @Test
  void mapsAreSmall() throws Exception {
    CamMap small =
        new CamMap(
            "m",
            "int8",
            crop,
            7,
            0.25,
            9,
            false,
            new Heatmap(13, 13, new float[169]),
            Fidelity.UNKNOWN);
    assertTrue(CoderUtils.encodeToByteArray(BitgazeCoders.CAM_MAP, small).length < 1000);
    BitSet bits = new BitSet();
    bits.set(0, 224 * 224);
    SeenMap centre = new SeenMap(Reference.CENTRE, crop, MapPart.whole(Centre.MAP));
    assertTrue(CoderUtils.encodeToByteArray(BitgazeCoders.SEEN_MAP, centre).length < 100);
    assertSame(Centre.MAP, CoderUtils.clone(BitgazeCoders.SEEN_MAP, centre).part().map());
    SeenMask full = new SeenMask(crop, new Mask(224, 224, bits));
    assertTrue(CoderUtils.encodeToByteArray(BitgazeCoders.SEEN_MASK, full).length < 6400);
  }
}
