package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bitgaze.weights.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizationTest {

  @Test
  void precisionsHaveNames() {
    for (String name : new String[] {"f32", "f32b", "int2", "int8", "int16", "int4-per-channel"}) {
      assertEquals(name, Precision.of(name).toString());
    }
    assertEquals(new Precision.IntegerRange(-128, 127), Precision.of("int8").weights());
    assertEquals(new Precision.IntegerRange(0, 65535), Precision.of("int16").activations());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int1",
        "int17",
        "int0",
        "int",
        "int08",
        "f16",
        "f32-per-channel",
        "int8-per-tensor",
        "INT8",
        ""
      })
  void otherPrecisionsAreRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> Precision.of(name));
  }

  @Test
  void rangesIncludeZero() {
    Precision.IntegerRange q = Precision.of("int8").activations();
    FakeQuantize positive = new Range(1, 5.1).affine(q);
    assertEquals(0, positive.zeroPoint());
    assertEquals(5.1f / 255f, positive.scale());
    FakeQuantize negative = new Range(-5.1, -1).affine(q);
    assertEquals(255, negative.zeroPoint());
    FakeQuantize both = new Range(-1, 1.55).affine(q);
    assertEquals(100, both.zeroPoint());
    assertEquals(2.55f / 255f, both.scale());
    assertEquals(0x1p-23f, new Range(0, 0).affine(q).scale());
  }

  @Test
  void weightsByHand() {
    // int2: integers -2 to 1, scale = 3 / 1.5 = 2: halves round to even, 1.5 is clamped to 1.
    Tensor w = new Tensor(new int[] {2, 3}, new float[] {3, 1, -3, 0.5f, 0.25f, -0.5f});
    assertArrayEquals(
        new float[] {2, 0, -4, 0, 0, -0f},
        new WeightQuantization(Precision.of("int2")).fakeQuantize(w).data());
    // Per channel the second row's scale is 0.5 / 1.5.
    float s = (float) (0.5 / 1.5);
    assertArrayEquals(
        new float[] {2, 0, -4, s, s, -2 * s},
        new WeightQuantization(Precision.of("int2-per-channel")).fakeQuantize(w).data());
  }
}
