package org.bitgaze.saliency;

import java.util.Arrays;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;

/**
 * Spectral residual saliency (Hou and Zhang 2007) as OpenCV computes it. The whole image is
 * converted to 64 x 64 grey levels and transformed to its spectrum F. The log amplitude L = log(1 +
 * |F|) minus its 3 x 3 mean is the residual R. The map is |F^-1(exp(R) e^(i arg F))|, smoothed by a
 * 5 x 5 Gaussian (sigma 8), squared, and divided by its maximum. It has 64 x 64 values in [0, 1].
 */
final class SpectralResidual extends WholeImageSaliency {
  private static final int SIDE = 64;

  @Override
  MapPart map(WholeImage whole) {
    double[][] spectrum =
        transform(
            new double[][] {grey(whole.fitted()), new double[SIDE * SIDE]}, TransformType.FORWARD);
    double[] logs = amplitudes(spectrum);
    Arrays.setAll(logs, i -> Math.log(1 + logs[i]));
    double[] mean = blur(logs, 1 / 3., 1 / 3., 1 / 3.);
    for (int i = 0; i < logs.length; i++) {
      double amplitude = Math.exp(logs[i] - mean[i]);
      double phase = phase(spectrum[1][i], spectrum[0][i]);
      spectrum[0][i] = amplitude * Math.cos(phase);
      spectrum[1][i] = amplitude * Math.sin(phase);
    }
    // The Gaussian's sum does not matter, because the map is divided by its maximum.
    double near = Math.exp(-1 / 128.);
    double far = Math.exp(-4 / 128.);
    double[] smooth =
        blur(amplitudes(transform(spectrum, TransformType.INVERSE)), far, near, 1, near, far);
    double max = Arrays.stream(smooth).max().orElseThrow();
    float[] values = new float[SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      double share = smooth[i] / max;
      values[i] = (float) (share * share);
    }
    return MapPart.whole(new Heatmap(SIDE, SIDE, values));
  }

  /**
   * Converts an image to 64 x 64 grey levels as OpenCV's {@code cvtColor} and {@code
   * INTER_LINEAR_EXACT} do it: in integers, with weights in steps of 1/256.
   */
  private static double[] grey(RgbImage image) {
    double[] levels = new double[SIDE * SIDE];
    for (int y = 0; y < SIDE; y++) {
      Tap rows = Tap.of(y, image.height());
      for (int x = 0; x < SIDE; x++) {
        Tap columns = Tap.of(x, image.width());
        int sum =
            rows.mix(
                columns.mix(
                    grey(image, rows.first, columns.first),
                    grey(image, rows.first, columns.second)),
                columns.mix(
                    grey(image, rows.second, columns.first),
                    grey(image, rows.second, columns.second)));
        levels[y * SIDE + x] = (sum + (1 << 15)) >> 16;
      }
    }
    return levels;
  }

  /** The grey level of a pixel: BT.601 weights in steps of 2^-15. */
  private static int grey(RgbImage image, int y, int x) {
    byte[] pixels = image.pixels();
    int at = 3 * (y * image.width() + x);
    return (9798 * (pixels[at] & 0xff)
            + 19235 * (pixels[at + 1] & 0xff)
            + 3735 * (pixels[at + 2] & 0xff)
            + (1 << 14))
        >> 15;
  }

  /** The two source pixels of a target pixel along one axis, and the second's weight of 256. */
  private record Tap(int first, int second, int weight) {
    static Tap of(int target, int size) {
      double at = Math.min(Math.max((target + 0.5) * size / SIDE - 0.5, 0), size - 1);
      int first = (int) at;
      return new Tap(first, Math.min(first + 1, size - 1), (int) Math.rint(256 * (at - first)));
    }

    int mix(int a, int b) {
      return (256 - weight) * a + weight * b;
    }
  }

  private static double[] amplitudes(double[][] complex) {
    double[] amplitudes = new double[SIDE * SIDE];
    Arrays.setAll(
        amplitudes, i -> Math.sqrt(complex[0][i] * complex[0][i] + complex[1][i] * complex[1][i]));
    return amplitudes;
  }

  /** The Fourier transform of an image in two dimensions: its real and its imaginary part. */
  private static double[][] transform(double[][] image, TransformType type) {
    double[][] source = image;
    for (int axis = 0; axis < 2; axis++) {
      double[][] transposed = new double[2][SIDE * SIDE];
      for (int y = 0; y < SIDE; y++) {
        double[][] row = {
          Arrays.copyOfRange(source[0], y * SIDE, (y + 1) * SIDE),
          Arrays.copyOfRange(source[1], y * SIDE, (y + 1) * SIDE)
        };
        FastFourierTransformer.transformInPlace(row, DftNormalization.STANDARD, type);
        for (int x = 0; x < SIDE; x++) {
          transposed[0][x * SIDE + y] = row[0][x];
          transposed[1][x * SIDE + y] = row[1][x];
        }
      }
      source = transposed;
    }
    return source;
  }

  /**
   * Convolves rows and columns with a symmetric kernel. Beyond an edge, values are mirrored without
   * repeating the outermost one.
   */
  private static double[] blur(double[] image, double... kernel) {
    double[] source = image;
    for (int axis = 0; axis < 2; axis++) {
      double[] transposed = new double[SIDE * SIDE];
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double sum = 0;
          for (int k = 0; k < kernel.length; k++) {
            int at = Math.abs(x + k - kernel.length / 2);
            sum += kernel[k] * source[y * SIDE + Math.min(at, 2 * (SIDE - 1) - at)];
          }
          transposed[x * SIDE + y] = sum;
        }
      }
      source = transposed;
    }
    return source;
  }

  /**
   * The angle in radians, in [0, 2 pi], by the polynomial that OpenCV uses. It is off by up to
   * 1.6e-4; with the exact angle, maps differ from OpenCV's by up to 6e-5.
   */
  private static double phase(double y, double x) {
    double shorter = Math.min(Math.abs(x), Math.abs(y));
    double longer = Math.max(Math.abs(x), Math.abs(y));
    double t = shorter / (longer + 0x1p-52);
    double s = t * t;
    double angle =
        (((-0.04432655554792128 * s + 0.1555786518463281) * s - 0.3258083974640975) * s
                + 0.9997878412794807)
            * t;
    if (Math.abs(y) > Math.abs(x)) {
      angle = Math.PI / 2 - angle;
    }
    if (x < 0) {
      angle = Math.PI - angle;
    }
    return y < 0 ? 2 * Math.PI - angle : angle;
  }
}
