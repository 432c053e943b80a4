package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.ConstantTensor;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * Resize, where PyTorch's kernels compute the same: nearest if each pixel is the one that {@link
 * Interpolate.Kind#NEAREST} takes, linear by pixels' centres or corners, cubic by centres.
 */
final class Resizing {
  static final Set<String> ATTRIBUTES =
      Set.of(
          "antialias",
          "axes",
          "coordinate_transformation_mode",
          "cubic_coeff_a",
          "exclude_outside",
          "extrapolation_value",
          "keep_aspect_ratio_policy",
          "mode",
          "nearest_mode");

  private Resizing() {}

  /** Operator set 10 knows scales only, and takes pixels as {@code asymmetric}, floor. */
  static void translate(OnnxNode n) {
    Attributes a = n.attributes();
    if (n.opset() == 10) {
      upsample(n);
      return;
    }
    a.only("antialias", 0);
    a.only("exclude_outside", 0);
    if (a.has("axes")) {
      throw Attributes.unsupported("axes", Arrays.toString(a.ints("axes").orElseThrow()));
    }
    String policy = a.text("keep_aspect_ratio_policy", "stretch");
    if (!policy.equals("stretch")) {
      throw Attributes.unsupported("keep_aspect_ratio_policy", policy);
    }
    Activation x = images(n);
    Size size = size(x, scales(n, x));
    String by = a.text("coordinate_transformation_mode", "half_pixel");
    switch (a.text("mode", "nearest")) {
      case "nearest" -> {
        String rounding = a.text("nearest_mode", "round_prefer_floor");
        requireNearest(x.stored()[2], size.height(), by, rounding);
        requireNearest(x.stored()[3], size.width(), by, rounding);
        n.emit(new Interpolate(size, Interpolate.Kind.NEAREST), x);
      }
      case "linear" -> {
        boolean single = size.height() == 1 || size.width() == 1;
        boolean centres = by.equals("half_pixel") || (by.equals("pytorch_half_pixel") && !single);
        if (!centres && !by.equals("align_corners")) {
          throw Attributes.unsupported("coordinate_transformation_mode", by);
        }
        Interpolate.Kind kind = centres ? Interpolate.Kind.LINEAR : Interpolate.Kind.LINEAR_CORNERS;
        n.requireReal();
        n.emit(new Interpolate(size, kind), x);
      }
      case "cubic" -> {
        if (a.real("cubic_coeff_a", -0.75f) != -0.75f) {
          throw Attributes.unsupported("cubic_coeff_a", a.real("cubic_coeff_a", 0));
        }
        boolean single = size.height() == 1 || size.width() == 1;
        if (!by.equals("half_pixel") && (!by.equals("pytorch_half_pixel") || single)) {
          throw Attributes.unsupported("coordinate_transformation_mode", by);
        }
        n.requireReal();
        n.emit(new Interpolate(size, Interpolate.Kind.CUBIC), x);
      }
      default -> throw Attributes.unsupported("mode", a.text("mode", "nearest"));
    }
  }

  /** Upsample, whose scales are an attribute up to operator set 8, and Resize of set 10. */
  static void upsample(OnnxNode n) {
    String mode = n.attributes().text("mode", "nearest");
    if (!mode.equals("nearest")) {
      throw Attributes.unsupported("mode", mode);
    }
    Activation x = images(n);
    float[] given =
        n.optional(1)
            .map(ConstantTensor::floats)
            .or(() -> n.attributes().floats("scales"))
            .orElseThrow(() -> new IllegalArgumentException("has no scales"));
    if (given.length != 4) {
      throw new IllegalArgumentException("needs four scales");
    }
    double[] scales = new double[4];
    for (int i = 0; i < 4; i++) {
      scales[x.order()[i]] = given[i];
    }
    Size size = size(x, scales);
    requireNearest(x.stored()[2], size.height(), "asymmetric", "floor");
    requireNearest(x.stored()[3], size.width(), "asymmetric", "floor");
    n.emit(new Interpolate(size, Interpolate.Kind.NEAREST), x);
  }

  /** Images that are stored with channels first, whatever the file's order. */
  private static Activation images(OnnxNode n) {
    Activation x = n.activation(0);
    return x.rank() == 4 ? x : n.image();
  }

  private static Size size(Activation x, double[] scales) {
    if (scales[0] != 1 || scales[1] != 1) {
      throw new IllegalArgumentException("resizes the batch or channels");
    }
    return new Size(exact(x.stored()[2], scales[2]), exact(x.stored()[3], scales[3]));
  }

  /** The factors by which stored dimensions grow. */
  private static double[] scales(OnnxNode n, Activation x) {
    Optional<ConstantTensor> sizes = n.optional(3).filter(c -> c.size() > 0);
    Optional<ConstantTensor> factors = n.optional(2).filter(c -> c.size() > 0);
    ConstantTensor given =
        sizes
            .or(() -> factors)
            .orElseThrow(() -> new IllegalArgumentException("has neither sizes nor scales"));
    if (given.size() != 4 || sizes.isPresent() == factors.isPresent()) {
      throw new IllegalArgumentException("needs four sizes, or four scales");
    }
    double[] scales = new double[4];
    for (int i = 0; i < 4; i++) {
      scales[x.order()[i]] = sizes.isPresent() ? given.at(i) / x.shape()[i] : given.at(i);
    }
    return scales;
  }

  private static int exact(int size, double scale) {
    double to = size * scale;
    if (!(to >= 1 && to <= 1 << 16) || Math.abs(to - Math.rint(to)) > 1e-6 * to) {
      throw new IllegalArgumentException("makes " + to + " pixels of " + size);
    }
    return (int) Math.rint(to);
  }

  /** Refuses to take other pixels than PyTorch: floor(i size / output). */
  private static void requireNearest(int size, int output, String by, String rounding) {
    for (int i = 0; i < output; i++) {
      double scale = (double) output / size;
      double x =
          switch (by) {
            case "half_pixel" -> (i + .5) / scale - .5;
            case "pytorch_half_pixel" -> output > 1 ? (i + .5) / scale - .5 : 0;
            case "asymmetric" -> i / scale;
            case "align_corners" -> output == 1 ? 0 : (double) i * (size - 1) / (output - 1);
            default -> throw Attributes.unsupported("coordinate_transformation_mode", by);
          };
      double taken =
          switch (rounding) {
            case "round_prefer_floor" -> Math.ceil(x - .5);
            case "round_prefer_ceil" -> Math.floor(x + .5);
            case "floor" -> Math.floor(x);
            case "ceil" -> Math.ceil(x);
            default -> throw Attributes.unsupported("nearest_mode", rounding);
          };
      long pixel = (long) Math.max(0, Math.min(size - 1, taken));
      if (pixel != (long) i * size / output) {
        throw new IllegalArgumentException(
            "nearest by "
                + by
                + " and "
                + rounding
                + " from "
                + size
                + " to "
                + output
                + " pixels is not supported");
      }
    }
  }
}
