package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import java.util.List;
import java.util.stream.Collectors;
import org.bitgaze.onnx.InputDescription.Layout;

/**
 * The shape of a network's input.
 *
 * @param layout the order of its dimensions
 * @param height in pixels; 0 if it is not fixed
 * @param width in pixels; 0 if it is not fixed
 */
record InputShape(Layout layout, long height, long width) {

  /**
   * Reads a shape.
   *
   * @throws IllegalArgumentException if it is not that of one color image
   */
  static InputShape of(TensorShapeProto shape, InputDescription description) {
    List<Long> sizes = shape.getDimList().stream().map(d -> Math.max(0, d.getDimValue())).toList();
    String text =
        sizes.stream()
            .map(s -> s == 0 ? "?" : String.valueOf(s))
            .collect(Collectors.joining(" x "));
    boolean images = sizes.size() == 4;
    boolean open = images && sizes.subList(1, 4).stream().allMatch(s -> s == 0);
    if (open && (description.layout().isEmpty() || description.size().isEmpty())) {
      throw new IllegalArgumentException(
          "its input is %s: height and width are not fixed; say `layout` and `size` in the json file"
                  .formatted(text)
              + " beside it");
    }
    Layout layout =
        description
            .layout()
            .orElse(images && sizes.get(1) != 3 && sizes.get(3) == 3 ? Layout.NHWC : Layout.NCHW);
    boolean last = layout == Layout.NHWC;
    long channels = images ? sizes.get(last ? 3 : 1) : -1;
    if (channels != 3 && channels != 0) {
      throw new IllegalArgumentException(
          "its input is %s, not images of 3 channels in the order %s".formatted(text, layout));
    }
    if (sizes.get(0) > 1) {
      throw new IllegalArgumentException(
          "it takes batches of " + sizes.get(0) + " images; export it for one, or any number");
    }
    return new InputShape(layout, sizes.get(last ? 1 : 2), sizes.get(last ? 2 : 3));
  }
}
