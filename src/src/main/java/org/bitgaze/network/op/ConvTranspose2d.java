package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two-dimensional transposed convolution, as {@code torch.nn.ConvTranspose2d}. The weight's layout
 * is (out, in / groups, height, width), as a convolution's, so that its first dimension is the
 * output channel wherever weights are rounded or scaled per channel; PyTorch and ONNX store (in,
 * out / groups, height, width).
 *
 * @param in input channels
 * @param out output channels
 * @param kernel kernel size
 * @param stride distance of the input's pixels in the output
 * @param padding pixels that are cut off on each side of the output
 * @param outputPadding pixels that are added at the bottom and on the right; less than the stride
 *     or the dilation
 * @param dilation distance between the kernel's pixels
 * @param groups number of groups, which divides both channels
 * @param bias whether a bias is added
 */
public record ConvTranspose2d(
    int in,
    int out,
    Size kernel,
    Size stride,
    Size padding,
    Size outputPadding,
    Size dilation,
    int groups,
    boolean bias)
    implements Op {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is not positive, the groups do not divide both numbers
   *     of channels, or the output padding is not less than the stride or the dilation
   */
  public ConvTranspose2d {
    new Window(kernel, stride, padding, dilation, false);
    outputPadding.atLeast(0, "output padding");
    if (in < 1 || out < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          groups + " groups do not divide " + in + " input and " + out + " output channels");
    }
    if (outputPadding.height() >= Math.max(stride.height(), dilation.height())
        || outputPadding.width() >= Math.max(stride.width(), dilation.width())) {
      throw new IllegalArgumentException(
          "output padding " + outputPadding + " is not less than the stride or the dilation");
    }
  }

  /**
   * Adds or drops the bias.
   *
   * @param wanted whether there is a bias
   * @return a new operation
   */
  public ConvTranspose2d withBias(boolean wanted) {
    return new ConvTranspose2d(
        in, out, kernel, stride, padding, outputPadding, dilation, groups, wanted);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Window.parameters(out, in / groups, kernel, bias);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] image = Window.image(inputs, in);
    return new int[] {
      out,
      size(
          image[1],
          kernel.height(),
          stride.height(),
          dilation.height(),
          outputPadding.height() - 2L * padding.height()),
      size(
          image[2],
          kernel.width(),
          stride.width(),
          dilation.width(),
          outputPadding.width() - 2L * padding.width())
    };
  }

  private static int size(int size, int window, int step, int spread, long more) {
    return Math.toIntExact((size - 1L) * step + (window - 1L) * spread + 1 + more);
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    int[] image = inputs.get(0);
    return (long) in * image[1] * image[2] * (out / groups) * kernel.height() * kernel.width();
  }

  @Override
  public String torchScript(Script script) {
    String weight = script.parameter("weight");
    if (groups > 1) {
      int h = kernel.height();
      int w = kernel.width();
      weight = Script.call("view", weight, List.of(groups, out / groups, in / groups, h, w));
      weight = Script.call("transpose", weight, 1, 2);
      weight = Script.call("reshape", weight, List.of(in, out / groups, h, w));
    } else {
      weight = Script.call("transpose", weight, 0, 1);
    }
    String added = bias ? script.parameter("bias") : "None";
    return Script.call(
        "conv_transpose2d",
        script.input(),
        weight,
        added,
        stride,
        padding,
        outputPadding,
        groups,
        dilation);
  }

  @Override
  public Set<String> weights() {
    return Set.of("weight");
  }
}
