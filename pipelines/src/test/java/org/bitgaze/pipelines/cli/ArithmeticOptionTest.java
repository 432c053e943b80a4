package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;
import org.bitgaze.quant.PointPlacement;
import org.bitgaze.quant.Precision;
import org.bitgaze.torch.runtime.IntegerKernels;
import org.junit.jupiter.api.Test;

class ArithmeticOptionTest {
  private static final Configuration INT8 = Configuration.of("int8");

  private static void check(
      Arithmetic arithmetic, Configuration configuration, ActivationScheme scheme)
      throws IOException {
    ArithmeticOption.requireExact(arithmetic, Stream.of(configuration), scheme);
  }

  /** By the kernels' own answer, whatever machine this is. */
  @Test
  void wideProductsAreRefusedWhereKernelsSaturate() throws IOException {
    boolean exact = true;
    try {
      IntegerKernels.requireExact();
    } catch (IllegalStateException e) {
      exact = false;
    }
    if (exact) {
      check(Arithmetic.INTEGER, INT8, ActivationScheme.DEPLOYMENT);
    } else {
      UsageException refused =
          assertThrows(
              UsageException.class,
              () -> check(Arithmetic.INTEGER, INT8, ActivationScheme.DEPLOYMENT));
      assertTrue(refused.getMessage().contains("saturate"), refused.getMessage());
    }
  }

  @Test
  void whatFitsSixteenBitsIsRefusedNowhere() {
    ActivationScheme reduced = new ActivationScheme(PointPlacement.FUSED, true, false);
    assertDoesNotThrow(() -> check(Arithmetic.SIMULATED, INT8, ActivationScheme.DEPLOYMENT));
    assertDoesNotThrow(() -> check(Arithmetic.INTEGER, INT8, reduced));
    for (String name : new String[] {"int7", "int4-per-channel", "int16", "f32"}) {
      Configuration narrow = Configuration.of(name);
      assertDoesNotThrow(
          () -> check(Arithmetic.INTEGER, narrow, ActivationScheme.DEPLOYMENT), name);
    }
  }

  @Test
  void oneLayerIsEnough() {
    LayerPrecision narrow = new LayerPrecision(Precision.of("int8"), Precision.of("int7"));
    Configuration mixed = new Configuration("mixed", narrow, new TreeMap<>());
    assertTrue(!Arithmetic.INTEGER.mayBeWide(mixed, ActivationScheme.DEPLOYMENT));
    Configuration wide = mixed.with("features.3", LayerPrecision.of(Precision.of("int8")));
    assertTrue(Arithmetic.INTEGER.mayBeWide(wide, ActivationScheme.DEPLOYMENT));
  }
}
