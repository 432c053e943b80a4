package org.bitgaze.onnx.ops;

import java.util.Arrays;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Attributes;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.onnx.ops.Operand.Activation;

/**
 * The border that is added around an image before a window slides over it.
 *
 * @param top rows above
 * @param left columns on the left
 * @param bottom rows below
 * @param right columns on the right
 */
record Padding(int top, int left, int bottom, int right) {
  /** Reads {@code pads}, or computes them as {@code auto_pad} says. */
  static Padding of(Attributes attributes, ImageView images, Size kernel) {
    Activation image = images.image();
    String auto = attributes.text("auto_pad", "NOTSET");
    int[] pads = attributes.ints("pads").orElse(new int[images.line() ? 2 : 4]);
    if (images.line() && pads.length == 2) {
      pads = new int[] {0, pads[0], 0, pads[1]};
    }
    if (pads.length != 4 || Arrays.stream(pads).anyMatch(p -> p < 0)) {
      throw Attributes.unsupported("pads", Arrays.toString(pads));
    }
    if (auto.equals("NOTSET")) {
      return new Padding(pads[0], pads[1], pads[2], pads[3]);
    }
    if (Arrays.stream(pads).anyMatch(p -> p != 0)) {
      throw new IllegalArgumentException("has both pads and auto_pad " + Quoted.of(auto));
    }
    if (auto.equals("VALID")) {
      return new Padding(0, 0, 0, 0);
    }
    if (!auto.equals("SAME_UPPER") && !auto.equals("SAME_LOWER")) {
      throw Attributes.unsupported("auto_pad", auto);
    }
    Size stride = images.size(attributes, "strides").atLeast(1, "stride");
    Size dilation = images.size(attributes, "dilations").atLeast(1, "dilation");
    int h = same(image.shape()[2], kernel.height(), stride.height(), dilation.height());
    int w = same(image.shape()[3], kernel.width(), stride.width(), dilation.width());
    return auto.equals("SAME_UPPER")
        ? new Padding(h / 2, w / 2, h - h / 2, w - w / 2)
        : new Padding(h - h / 2, w - w / 2, h / 2, w / 2);
  }

  /** The padding with which there are ceil(size / stride) windows. */
  private static int same(int size, int kernel, int stride, int dilation) {
    long out = ((long) size + stride - 1) / stride;
    long reach = (out - 1) * stride + (long) dilation * (kernel - 1) + 1;
    return Math.toIntExact(Math.max(0, reach - size));
  }

  boolean isSymmetric() {
    return top == bottom && left == right;
  }

  /** Whether it is at most half a window, which PyTorch's pooling requires. */
  boolean isAtMostHalf(Size kernel) {
    return top <= kernel.height() / 2 && left <= kernel.width() / 2;
  }
}
