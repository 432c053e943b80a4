package org.bitgaze.network.op;

/** Element types by their numbers in TorchScript ({@code c10::ScalarType}). */
public enum ScalarType {
  /** 32-bit integers. */
  INT32(3),
  /** 64-bit integers. */
  INT64(4),
  /** Single precision. */
  FLOAT32(6),
  /** Double precision. */
  FLOAT64(7),
  /** Signed bytes with a scale and a zero point. */
  QINT8(12),
  /** Unsigned bytes with a scale and a zero point. */
  QUINT8(13);

  private final int number;

  ScalarType(int number) {
    this.number = number;
  }

  /**
   * Writes a conversion to this type.
   *
   * @param tensor an expression
   * @return an expression
   */
  public String cast(String tensor) {
    return Script.call("to", tensor, this, false, false, "None");
  }

  /** Returns the number, as an argument of a call. */
  @Override
  public String toString() {
    return Integer.toString(number);
  }
}
