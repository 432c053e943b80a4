package org.bitgaze.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.bitgaze.network.TargetView.Layout;
import org.junit.jupiter.api.Test;

class TargetViewTest {
  @Test
  void channelsFirstNeedNoText() {
    assertEquals(Optional.empty(), TargetView.of(new int[] {5, 3, 4}).torchScript("a"));
  }

  @Test
  void otherShapesAreRefused() {
    TargetView tokens = new TargetView(Layout.TOKENS, 1, 3, 4);
    assertSame(tokens, tokens.check(new int[] {13, 5}));
    assertEquals(
        "the target's output has shape [12, 5], but the view expects [13, 5]",
        assertThrows(IllegalArgumentException.class, () -> tokens.check(new int[] {12, 5}))
            .getMessage());
    TargetView last = new TargetView(Layout.CHANNELS_LAST, 0, 3, 4);
    assertSame(last, last.check(new int[] {3, 4, 5}));
    assertThrows(IllegalArgumentException.class, () -> last.check(new int[] {4, 3, 5}));
    assertThrows(IllegalArgumentException.class, () -> last.check(new int[] {5}));
    TargetView first = TargetView.of(new int[] {5, 3, 4});
    assertSame(first, first.check(new int[] {7, 3, 4}));
    assertThrows(IllegalArgumentException.class, () -> first.check(new int[] {3, 4, 5}));
    assertThrows(IllegalArgumentException.class, () -> first.check(new int[0]));
  }

  @Test
  void onlyTokensHaveAPrefix() {
    assertThrows(
        IllegalArgumentException.class, () -> new TargetView(Layout.CHANNELS_LAST, 1, 3, 4));
    assertThrows(IllegalArgumentException.class, () -> new TargetView(Layout.TOKENS, -1, 3, 4));
    assertThrows(IllegalArgumentException.class, () -> new TargetView(Layout.TOKENS, 0, 0, 4));
  }
}
