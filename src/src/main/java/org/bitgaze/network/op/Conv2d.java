package org.bitgaze.network.op;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Two-dimensional convolution, as {@code torch.nn.Conv2d}.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel kernel size
 * @param stride stride
 * @param padding padding on each side
 * @param dilation distance between the kernel's pixels
 * @param groups number of groups, which divides both channels; {@code in} for a depthwise one
 * @param bias whether a bias is added
 * @param paddingMode the padding's values
 */
public record Conv2d(
    int in,
    int out,
    Size kernel,
    Size stride,
    Size padding,
    Size dilation,
    int groups,
    boolean bias,
    PaddingMode paddingMode)
    implements Op {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is not positive, or the groups do not divide both
   *     numbers of channels
   */
  public Conv2d {
    new Window(kernel, stride, padding, dilation, false);
    if (in < 1 || out < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          groups + " groups do not divide " + in + " input and " + out + " output channels");
    }
  }

  /**
   * Creates a convolution with stride 1, no padding, one group and a bias.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel height and width of the kernel
   * @return the operation
   */
  public static Conv2d of(int in, int out, int kernel) {
    return new Conv2d(
        in, out, Size.of(kernel), Size.ONE, Size.ZERO, Size.ONE, 1, true, PaddingMode.ZEROS);
  }

  /**
   * Changes the stride.
   *
   * @param size the stride in both directions
   * @return a new operation
   */
  public Conv2d withStride(int size) {
    Size s = Size.of(size);
    return new Conv2d(in, out, kernel, s, padding, dilation, groups, bias, paddingMode);
  }

  /**
   * Changes the padding.
   *
   * @param size the padding on all four sides
   * @return a new operation
   */
  public Conv2d withPadding(int size) {
    Size p = Size.of(size);
    return new Conv2d(in, out, kernel, stride, p, dilation, groups, bias, paddingMode);
  }

  /**
   * Changes the number of groups.
   *
   * @param number the number of groups
   * @return a new operation
   */
  public Conv2d withGroups(int number) {
    return new Conv2d(in, out, kernel, stride, padding, dilation, number, bias, paddingMode);
  }

  /**
   * Adds or drops the bias.
   *
   * @param wanted whether there is a bias
   * @return a new operation
   */
  public Conv2d withBias(boolean wanted) {
    return new Conv2d(in, out, kernel, stride, padding, dilation, groups, wanted, paddingMode);
  }

  @Override
  public Map<String, int[]> parameters() {
    return Window.parameters(out, in / groups, kernel, bias);
  }

  @Override
  public int[] outputShape(List<int[]> inputs) {
    int[] image = Window.image(inputs, in);
    if (!paddingMode.fits(padding.height(), image[1])
        || !paddingMode.fits(padding.width(), image[2])) {
      throw new IllegalArgumentException(
          "padding " + padding + " exceeds the image of " + image[2] + "x" + image[1] + " pixels");
    }
    return new Window(kernel, stride, padding, dilation, false).output(out, image);
  }

  @Override
  public long multiplyAdds(List<int[]> inputs) {
    int[] shape = outputShape(inputs);
    return (long) out * shape[1] * shape[2] * (in / groups) * kernel.height() * kernel.width();
  }

  @Override
  public String torchScript(Script script) {
    String weight = script.parameter("weight");
    String added = bias ? script.parameter("bias") : "None";
    return padsWithZeros()
        ? script.convolve(this, weight, added)
        : conv2d(script.let(padded(script.input())), weight, added, Size.ZERO);
  }

  /**
   * Tells whether what lies outside the image is zero, if it is looked at.
   *
   * @return false where the image goes on in another way
   */
  public boolean padsWithZeros() {
    return paddingMode == PaddingMode.ZEROS || padding.equals(Size.ZERO);
  }

  /**
   * Writes a call of PyTorch's convolution.
   *
   * @param x the image
   * @param weight the weight
   * @param added the bias, or None
   * @param border what is padded with zeros, where that differs from this operation's
   * @return an expression
   */
  public String conv2d(String x, String weight, String added, Size border) {
    return Script.call("conv2d", x, weight, added, stride, border, dilation, groups);
  }

  private String padded(String x) {
    int h = padding.height();
    int w = padding.width();
    return Script.call("pad", x, List.of(w, w, h, h), "\"" + paddingMode + "\"");
  }

  @Override
  public Set<String> weights() {
    return Set.of("weight");
  }

  @Override
  public Optional<String> integerKernel(IntegerScript script) {
    boolean zeros = padsWithZeros();
    IntegerScript.Packing packing =
        new IntegerScript.Packing(
            "Conv2dPackedParamsBase", "conv2d_prepack", List.of(stride, padding, dilation, groups));
    return zeros
        ? Optional.of(script.kernel("conv2d", script.inputs().get(0), script.packed(packing)))
        : Optional.empty();
  }
}
