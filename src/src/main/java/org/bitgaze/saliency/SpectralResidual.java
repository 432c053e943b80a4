package org.bitgaze.saliency;

import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_saliency.StaticSaliencySpectralResidual;

/**
 * Spectral residual saliency (Hou and Zhang 2007), OpenCV's implementation. The method works on the
 * whole image, grey and squashed to 64 x 64 pixels; the map stays at that resolution.
 */
final class SpectralResidual extends WholeImageSaliency {
  private static final int SIDE = 64;

  static {
    // Workers are threads of their own; OpenCV's pool would only contend with them.
    opencv_core.setNumThreads(1);
  }

  @Override
  MapPart map(WholeImage whole) {
    RgbImage image = whole.fitted();
    try (PointerScope scope = new PointerScope()) {
      Mat rgb =
          new Mat(
              image.height(), image.width(), opencv_core.CV_8UC3, new BytePointer(image.pixels()));
      Mat grey = new Mat();
      opencv_imgproc.cvtColor(rgb, grey, opencv_imgproc.COLOR_RGB2GRAY);
      Mat small = new Mat();
      opencv_imgproc.resize(
          grey, small, new Size(SIDE, SIDE), 0, 0, opencv_imgproc.INTER_LINEAR_EXACT);
      Mat saliency = new Mat();
      StaticSaliencySpectralResidual algorithm = StaticSaliencySpectralResidual.create();
      algorithm.setImageWidth(SIDE);
      algorithm.setImageHeight(SIDE);
      if (!algorithm.computeSaliency(small, saliency)) {
        throw new IllegalStateException("OpenCV computed no saliency");
      }
      float[] values = new float[SIDE * SIDE];
      new FloatPointer(saliency.data()).get(values);
      return MapPart.whole(new Heatmap(SIDE, SIDE, values));
    }
  }
}
