package org.bitgaze.onnx;

/** What the gradient does where a quantized network's own output is clipped. */
public enum ClippedLogits {
  /** It passes; the image is counted as clipped. */
  PASS,
  /** It is zero, as in any other quantization, and the map vanishes. */
  STRICT
}
