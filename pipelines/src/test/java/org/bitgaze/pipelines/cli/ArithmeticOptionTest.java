package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bitgaze.program.CamProgram;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.Points;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Scheme;
import org.junit.jupiter.api.Test;

class ArithmeticOptionTest {
  private static final Configuration INT8 = Configuration.of("int8");

  private static void check(Arithmetic arithmetic, Configuration configuration, Scheme scheme)
      throws IOException {
    ArithmeticOption.requireExact(arithmetic, Stream.of(configuration), scheme);
  }

  /** By the kernels' own answer, whatever machine this is. */
  @Test
  void wideProductsAreRefusedWhereKernelsSaturate() throws IOException {
    boolean exact = true;
    try {
      CamProgram.requireExactIntegers();
    } catch (IllegalStateException e) {
      exact = false;
    }
    if (exact) {
      check(Arithmetic.INTEGER, INT8, Scheme.DEPLOYMENT);
    } else {
      UsageException refused =
          assertThrows(
              UsageException.class, () -> check(Arithmetic.INTEGER, INT8, Scheme.DEPLOYMENT));
      assertTrue(refused.getMessage().contains("saturate"), refused.getMessage());
    }
  }

  @Test
  void whatFitsSixteenBitsIsRefusedNowhere() {
    Scheme reduced = new Scheme(Points.FUSED, true, false);
    assertDoesNotThrow(() -> check(Arithmetic.SIMULATED, INT8, Scheme.DEPLOYMENT));
    assertDoesNotThrow(() -> check(Arithmetic.INTEGER, INT8, reduced));
    for (String name : new String[] {"int7", "int4-per-channel", "int16", "f32"}) {
      Configuration narrow = Configuration.of(name);
      assertDoesNotThrow(() -> check(Arithmetic.INTEGER, narrow, Scheme.DEPLOYMENT), name);
    }
  }

  @Test
  void oneLayerIsEnough() {
    LayerPrecision narrow = new LayerPrecision(Precision.of("int8"), Precision.of("int7"));
    Configuration mixed = new Configuration("mixed", narrow, new TreeMap<>());
    assertTrue(!Arithmetic.INTEGER.mayBeWide(mixed, Scheme.DEPLOYMENT));
    Configuration wide = mixed.with("features.3", LayerPrecision.of(Precision.of("int8")));
    assertTrue(Arithmetic.INTEGER.mayBeWide(wide, Scheme.DEPLOYMENT));
  }
}
