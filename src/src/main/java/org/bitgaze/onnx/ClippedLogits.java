package org.bitgaze.onnx;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** The gradient where the output of a quantized network is clipped. */
public enum ClippedLogits implements Named {
  /** It passes; the image is counted as clipped. */
  PASS("it passes, and the image is counted as clipped"),
  /** It is zero, as in any other quantization, and the map vanishes. */
  STRICT("it is zero, and the map vanishes");

  private final String description;

  ClippedLogits(String description) {
    this.description = description;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }
}
