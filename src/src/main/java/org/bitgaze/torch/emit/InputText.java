package org.bitgaze.torch.emit;

import java.util.List;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Normalization;
import org.bitgaze.network.op.ScalarType;

/**
 * Makes the network's input from a program's argument {@code images} (uint8, N x height x width x
 * 3, RGB). The result is (N, 3, height, width) with channels last in memory, as the images are.
 */
@FunctionalInterface
public interface InputText {

  /**
   * Writes the statements.
   *
   * @param text the program
   */
  void write(ProgramText text);

  /**
   * Scales samples to [0, 1] and normalizes them: (sample / 255 - mean) / std.
   *
   * @param normalization means and standard deviations of red, green and blue
   * @return writes the statements
   */
  static InputText of(Normalization normalization) {
    return text -> {
      addRows(text, "images");
      text.add("samples = torch.div_(rows, 255.)");
      addRow(text, "mean", normalization.mean());
      addRow(text, "std", normalization.std());
      bind(text, "torch.div_(torch.sub_(samples, mean), std)");
    };
  }

  /**
   * Subtracts Caffe's means from samples in [0, 255], in the order blue, green, red.
   *
   * @param means of blue, green and red
   * @return writes the statements
   */
  static InputText of(CaffeMeans means) {
    return text -> {
      addRows(text, "torch.flip(images, [3])");
      addRow(text, "mean", means.means());
      bind(text, "torch.sub_(rows, mean)");
    };
  }

  /** Images as floats, N x height x (width x 3): a loop over 3 channels would be too short. */
  private static void addRows(ProgramText text, String images) {
    text.add("rows = torch.flatten(" + ScalarType.FLOAT32.cast(images) + ", 2, 3)");
  }

  /** One number per channel, repeated for each pixel of a row. */
  private static void addRow(ProgramText text, String variable, List<Double> channels) {
    String pixel = "torch.tensor(" + channels + ", dtype=" + ScalarType.FLOAT32 + ")";
    text.add(variable + " = torch.repeat(" + pixel + ", [torch.size(images, 2)])");
  }

  private static void bind(ProgramText text, String rows) {
    String shape = "[-1, torch.size(images, 1), torch.size(images, 2), 3]";
    text.add("normalized = torch.permute(torch.view(" + rows + ", " + shape + "), [0, 3, 1, 2])");
    text.bindOwnInput("normalized");
  }
}
