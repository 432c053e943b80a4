package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Test;

class HeatmapTest {

  @Test
  void resizesAsOpenCv() {
    float[] values = new float[7 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 % 11) - 3;
    }
    Heatmap resized = new Heatmap(7, 5, values).resize(224, 100);
    Mat expected = new Mat();
    opencv_imgproc.resize(
        new Mat(7, 5, opencv_core.CV_32F, new FloatPointer(values)),
        expected,
        new Size(100, 224),
        0,
        0,
        opencv_imgproc.INTER_LINEAR);
    float[] reference = new float[224 * 100];
    new FloatPointer(expected.data()).get(reference);
    assertArrayEquals(reference, resized.values(), 1e-4f);
  }

  @Test
  void twoPixelsByHand() {
    Heatmap wide = new Heatmap(1, 2, new float[] {0, 4}).resize(1, 4);
    assertArrayEquals(new float[] {0, 1, 3, 4}, wide.values());
    assertEquals(4, wide.width());
  }
}
