package org.bitgaze.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How a target layer's output is seen as an image: channels on a grid of height times width.
 * Activations and gradients are seen alike.
 *
 * @param layout the order of the output's dimensions
 * @param prefix tokens before those of the grid, such as a class token; 0 unless there are tokens
 * @param height of the grid
 * @param width of the grid
 */
public record TargetView(Layout layout, int prefix, int height, int width) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The order of an output's dimensions, without the batch. */
  public enum Layout {
    /** (C, h, w), as convolutions compute. */
    CHANNELS_FIRST,
    /** (p + h w, C): p prefix tokens, then the grid row by row, as transformers compute. */
    TOKENS,
    /** (C, p + h w): the same transposed. */
    TOKENS_LAST,
    /** (h, w, C). */
    CHANNELS_LAST
  }

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the grid is empty, or there is a prefix without tokens
   */
  public TargetView {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a target's grid of " + height + "x" + width + " is empty");
    }
    if (prefix < 0 || (prefix > 0 && !isOfTokens(layout))) {
      throw new IllegalArgumentException(layout + " with " + prefix + " prefix tokens");
    }
  }

  /**
   * Sees the output of a convolution as it is.
   *
   * @param shape the output's shape without the batch: (C, h, w)
   * @return the view
   */
  public static TargetView of(int[] shape) {
    return new TargetView(Layout.CHANNELS_FIRST, 0, shape[1], shape[2]);
  }

  /**
   * Checks that an output can be seen this way.
   *
   * @param shape the output's shape without the batch
   * @return this view
   * @throws IllegalArgumentException if it has other dimensions than the view, saying which
   */
  public TargetView check(int[] shape) {
    int channels = shape.length == 0 ? 0 : channels(shape);
    int[] expected =
        switch (layout) {
          case CHANNELS_FIRST -> new int[] {channels, height, width};
          case TOKENS -> new int[] {prefix + height * width, channels};
          case TOKENS_LAST -> new int[] {channels, prefix + height * width};
          case CHANNELS_LAST -> new int[] {height, width, channels};
        };
    if (!Arrays.equals(shape, expected)) {
      throw new IllegalArgumentException(
          "the target's output has shape "
              + Arrays.toString(shape)
              + ", but the view expects "
              + Arrays.toString(expected));
    }
    return this;
  }

  /**
   * Sees an output whose dimensions are moved.
   *
   * @param order for each dimension of the moved output, which dimension of the output it is; 0 is
   *     the batch
   * @return the view of the moved output; empty if it has none
   */
  public Optional<TargetView> moved(List<Integer> order) {
    return switch (layout) {
      case CHANNELS_FIRST -> moved(order, List.of(0, 2, 3, 1), Layout.CHANNELS_LAST);
      case CHANNELS_LAST -> moved(order, List.of(0, 3, 1, 2), Layout.CHANNELS_FIRST);
      case TOKENS -> moved(order, List.of(0, 2, 1), Layout.TOKENS_LAST);
      case TOKENS_LAST -> moved(order, List.of(0, 2, 1), Layout.TOKENS);
    };
  }

  private Optional<TargetView> moved(List<Integer> order, List<Integer> turned, Layout other) {
    if (order.equals(turned.stream().sorted().toList())) {
      return Optional.of(this);
    }
    return order.equals(turned)
        ? Optional.of(new TargetView(other, prefix, height, width))
        : Optional.empty();
  }

  /**
   * Returns the number of channels of an output.
   *
   * @param shape the output's shape without the batch; it fits the view
   * @return C
   */
  public int channels(int[] shape) {
    return shape[hasChannelsFirst() ? 0 : shape.length - 1];
  }

  /**
   * Arranges an output's numbers as (C, h, w).
   *
   * @param output the numbers, in the output's own layout
   * @param shape the output's shape without the batch; it fits the view
   * @return channel by channel, row by row, without prefix tokens
   */
  public float[] channelsFirst(float[] output, int[] shape) {
    int channels = channels(shape);
    int positions = height * width;
    float[] arranged = new float[channels * positions];
    for (int i = 0; i < arranged.length; i++) {
      int position = prefix + i % positions;
      arranged[i] =
          output[
              hasChannelsFirst()
                  ? i / positions * (prefix + positions) + position
                  : position * channels + i / positions];
    }
    return arranged;
  }

  /**
   * Finds the numbers of one channel in an output.
   *
   * @param index of the channel
   * @param shape the output's shape without the batch; it fits the view
   * @return indices, those of prefix tokens among them
   */
  public IntStream elements(int index, int[] shape) {
    int channels = channels(shape);
    int tokens = prefix + height * width;
    return IntStream.range(0, tokens)
        .map(i -> hasChannelsFirst() ? index * tokens + i : i * channels + index);
  }

  private boolean hasChannelsFirst() {
    return layout == Layout.CHANNELS_FIRST || layout == Layout.TOKENS_LAST;
  }

  /** {@return the view for people, such as {@code tokens, 1 prefix, 14x14}} */
  @Override
  public String toString() {
    String grid = height + "x" + width;
    return switch (layout) {
      case CHANNELS_FIRST -> grid;
      case CHANNELS_LAST -> "channels last, " + grid;
      case TOKENS, TOKENS_LAST -> "tokens, " + prefix + " prefix, " + grid;
    };
  }

  /**
   * Writes the view in TorchScript.
   *
   * @param tensor a variable that holds the output, or the gradient with respect to it: (N, ...)
   * @return an expression for (N, C, h, w); nothing where the tensor has that shape already
   */
  public Optional<String> torchScript(String tensor) {
    return switch (layout) {
      case CHANNELS_FIRST -> Optional.empty();
      case CHANNELS_LAST -> Optional.of("torch.permute(" + tensor + ", [0, 3, 1, 2])");
      case TOKENS -> Optional.of(grid("torch.transpose(" + tensor + ", 1, 2)"));
      case TOKENS_LAST -> Optional.of(grid(tensor));
    };
  }

  /** {@return whether the output has tokens instead of height and width} */
  public boolean isOfTokens() {
    return isOfTokens(layout);
  }

  private static boolean isOfTokens(Layout layout) {
    return layout == Layout.TOKENS || layout == Layout.TOKENS_LAST;
  }

  /** The grid of (N, C, p + h w). */
  private String grid(String channelsFirst) {
    String patches =
        "torch.slice(%s, 2, %d, %d, 1)".formatted(channelsFirst, prefix, prefix + height * width);
    return "torch.unflatten(%s, 2, [%d, %d])".formatted(patches, height, width);
  }
}
