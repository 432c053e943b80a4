package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.util.CoderUtils;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Range;
import org.bitgaze.scene.Scene;
import org.junit.jupiter.api.Test;

class CodersTest {
  private final Heatmap map = new Heatmap(2, 3, new float[] {0, 1, -2.5f, 3, Float.NaN, 5});

  @Test
  void roundTrips() throws Exception {
    Heatmap decodedMap = CoderUtils.clone(HeatmapCoder.of(), map);
    assertEquals(2, decodedMap.height());
    assertArrayEquals(map.values(), decodedMap.values());

    RgbImage image = new RgbImage(1, 2, new byte[] {1, 2, 3, -4, 5, 6});
    TargetedImage targeted =
        CoderUtils.clone(TargetedImageCoder.of(), new TargetedImage(image, -1));
    assertArrayEquals(image.pixels(), targeted.image().pixels());
    assertEquals(-1, targeted.target());

    CamMap cam = new CamMap("vgg16", "int8", 7, 0.25, 9, map);
    CamMap decoded = CoderUtils.clone(CamMapCoder.of(), cam);
    assertEquals(
        "vgg16 int8 7 0.25 9",
        decoded.network()
            + " "
            + decoded.precision()
            + " "
            + decoded.predictedClass()
            + " "
            + decoded.probability()
            + " "
            + decoded.explainedClass());
    assertArrayEquals(map.values(), decoded.cam().values());

    Map<String, Range> ranges = Map.of("a", new Range(-1, 2), "b", new Range(0, 0.1));
    assertEquals(ranges, CoderUtils.clone(RangesCoder.of(), ranges));
  }

  @Test
  void exhibitsRoundTrip() throws Exception {
    CamMap cam = new CamMap("vgg16", "int8", 7, 0.25, 9, map);
    ImageMaps maps =
        new ImageMaps(
            "a/b.png",
            map,
            null,
            List.of(new ComparedMap(cam, true, 0.5), new ComparedMap(cam, false, null)));
    Exhibit decoded = CoderUtils.clone(ExhibitCoder.of(), new Exhibit(List.of("one", "two"), maps));
    assertEquals(List.of("one", "two"), decoded.reasons());
    assertEquals("a/b.png", decoded.maps().key());
    assertArrayEquals(map.values(), decoded.maps().saliency().values());
    assertNull(decoded.maps().mask());
    assertEquals(0.5, decoded.maps().cams().get(0).cc());
    assertTrue(decoded.maps().cams().get(0).flipped());
    assertNull(decoded.maps().cams().get(1).cc());

    Mask mask = Mask.of(new Heatmap(1, 3, new float[] {0.6f, 0, 1}));
    assertEquals(mask, CoderUtils.clone(MaskCoder.of(), mask));

    Scene scene = Scene.of(-3, 12);
    assertEquals(scene.key(), CoderUtils.clone(SceneCoder.of(), scene).key());
  }

  @Test
  void aMapOfSevenBySevenTakesTwoHundredBytes() throws Exception {
    Heatmap small = new Heatmap(7, 7, new float[49]);
    assertEquals(200, CoderUtils.encodeToByteArray(HeatmapCoder.of(), small).length, 4);
  }
}
