package org.bitgaze.onnx;

/** What a network's scores are: the function that they end with. */
public enum Scores {
  /** Any real numbers. */
  LOGITS,
  /** The results of a sigmoid. */
  SIGMOIDS,
  /** The results of a softmax. */
  PROBABILITIES,
  /** Their logarithms. */
  LOG_PROBABILITIES
}
