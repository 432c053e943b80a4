package org.bitgaze.program;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Size;
import org.junit.jupiter.api.Test;

class OneDnnProbeTest {

  /** Wrong ones have errors of a tenth and more; so would one that was asked for wrongly. */
  @Test
  void depthwiseConvolutionsAreRight() {
    Conv2d depthwise = Conv2d.of(96, 96, 3).withGroups(96).withPadding(1).withStride(2);
    assertTrue(OneDnnProbe.isRight(depthwise, Size.of(112)));
    assertTrue(OneDnnProbe.isRight(depthwise.withBias(false), new Size(20, 30)));
  }

  @Test
  void wrongConvolutionsAreFound() {
    assumeTrue(TorchEngine.oneDnn() == OneDnn.PROBED, "oneDNN is right on this machine");
    assertFalse(OneDnnProbe.isRight(Conv2d.of(2, 4, 3).withGroups(2), Size.of(3)));
  }

  /** On a machine where oneDNN is wrong, each of these would end the process. */
  @Test
  void whatCouldEndTheProcessIsNotTried() {
    assertFalse(OneDnnProbe.isRight(Conv2d.of(512, 1024, 1).withStride(2), Size.of(14)));
    Conv2d padded = Conv2d.of(96, 128, 2).withStride(2).withPadding(3);
    assertFalse(OneDnnProbe.isRight(padded, new Size(20, 10)));
    assertFalse(OneDnnProbe.isRight(Conv2d.of(96, 128, 3), new Size(20, 10)));
  }
}
