package org.bitgaze.graph;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link Node} computes. Operations are values: they hold sizes and options, never tensors.
 * Images are NCHW.
 */
public sealed interface Op {

  /**
   * The parameters the operation reads, by torchvision's local names.
   *
   * @return local name (such as {@code weight}) to shape, in torchvision's order
   */
  default Map<String, int[]> parameters() {
    return Map.of();
  }

  /** The network's input: (N, 3, height, width), normalized. */
  record Input() implements Op {}

  /**
   * Two-dimensional convolution with square kernel, stride and padding.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel kernel size in pixels
   * @param stride stride in pixels
   * @param padding zero padding on each side in pixels
   * @param groups number of groups; {@code in} for a depthwise convolution
   * @param bias whether a bias is added
   */
  record Conv2d(int in, int out, int kernel, int stride, int padding, int groups, boolean bias)
      implements Op {
    @Override
    public Map<String, int[]> parameters() {
      Map<String, int[]> p = new LinkedHashMap<>();
      p.put("weight", new int[] {out, in / groups, kernel, kernel});
      if (bias) {
        p.put("bias", new int[] {out});
      }
      return p;
    }

    /**
     * Returns the same convolution with a bias.
     *
     * @return this with {@code bias} set
     */
    public Conv2d withBias() {
      return new Conv2d(in, out, kernel, stride, padding, groups, true);
    }
  }

  /**
   * Fully connected layer.
   *
   * @param in input features
   * @param out output features
   */
  record Linear(int in, int out) implements Op {
    @Override
    public Map<String, int[]> parameters() {
      Map<String, int[]> p = new LinkedHashMap<>();
      p.put("weight", new int[] {out, in});
      p.put("bias", new int[] {out});
      return p;
    }
  }

  /**
   * Batch normalization with running statistics.
   *
   * @param features channels
   * @param eps added to the variance
   */
  record BatchNorm2d(int features, double eps) implements Op {
    @Override
    public Map<String, int[]> parameters() {
      Map<String, int[]> p = new LinkedHashMap<>();
      for (String name : new String[] {"weight", "bias", "running_mean", "running_var"}) {
        p.put(name, new int[] {features});
      }
      return p;
    }
  }

  /** max(x, 0). */
  record ReLU() implements Op {}

  /** min(max(x, 0), 6). */
  record ReLU6() implements Op {}

  /** x * sigmoid(x), also called swish. */
  record SiLU() implements Op {}

  /** 1 / (1 + exp(-x)). */
  record Sigmoid() implements Op {}

  /**
   * Maximum over windows.
   *
   * @param kernel window size in pixels
   * @param stride stride in pixels
   * @param padding padding on each side in pixels
   * @param ceilMode whether a window that hangs over the edge counts
   */
  record MaxPool2d(int kernel, int stride, int padding, boolean ceilMode) implements Op {}

  /**
   * Mean over windows.
   *
   * @param kernel window size in pixels
   * @param stride stride in pixels
   */
  record AvgPool2d(int kernel, int stride) implements Op {}

  /**
   * Mean over as many windows as the output has pixels.
   *
   * @param size height and width of the output
   */
  record AdaptiveAvgPool2d(int size) implements Op {}

  /** All dimensions but the first made one. */
  record Flatten() implements Op {}

  /**
   * Dropout: the identity except in training.
   *
   * @param p probability of zeroing an element in training
   */
  record Dropout(double p) implements Op {}

  /** Sum of two inputs. */
  record Add() implements Op {}

  /** Product of two inputs, broadcast over height and width. */
  record Mul() implements Op {}

  /** Concatenation of any number of inputs along the channels. */
  record Cat() implements Op {}

  /**
   * Static fake quantization: (clamp(round(x / scale) + zeroPoint, qmin, qmax) - zeroPoint) *
   * scale, rounding half to even.
   *
   * @param scale step between neighbouring values, positive
   * @param zeroPoint the integer that stands for 0, in [qmin, qmax]
   * @param qmin smallest integer
   * @param qmax largest integer
   */
  record FakeQuantize(double scale, int zeroPoint, int qmin, int qmax) implements Op {}

  /**
   * Fake quantization of each image by its own extremes.
   *
   * @param qmin smallest integer
   * @param qmax largest integer
   */
  record DynamicFakeQuantize(int qmin, int qmax) implements Op {}

  /**
   * The identity, which also records each image's minimum and maximum.
   *
   * @param point name of the quantization point whose range is observed
   */
  record Observe(String point) implements Op {}
}
