package org.bitgaze.torch.emit;

import java.util.List;

/**
 * What a map explains: a number S per image, linear in the network's outputs. {@link HeadText}
 * differentiates the sum of S over the batch; images do not influence each other.
 */
public interface Score {

  /** {@return the program's argument that chooses S, a tensor with one entry per image} */
  String argument();

  /**
   * Writes statements that compute S from the variable {@code logits} (N, ...) and the argument.
   *
   * @param text the program
   * @return an expression for the sum of S over the batch, a scalar
   */
  String write(ProgramText text);

  /** {@return variables that the program returns beside the map and the outputs, in order} */
  List<String> results();

  /**
   * Writes an expression that tells for each image whether all outputs in S were clipped.
   *
   * @param beyond bool (N, outputs): which outputs lie beyond their quantization range
   * @return bool, one value per image
   */
  String clipped(String beyond);
}
