package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecodingMemoryTest {
  /** Half of the heap, as bytes of an image of 1000 x 1000 pixels. */
  private static final double ALL = Runtime.getRuntime().maxMemory() / 2 / 1e6;

  @Test
  void anImageThatNeedsMoreThanHalfOfTheHeapIsRefused() {
    try (DecodingMemory memory = DecodingMemory.open()) {
      ImageFormatException e =
          assertThrows(ImageFormatException.class, () -> memory.reserve(1000, 1000, ALL * 1.01, 0));
      assertTrue(e.getMessage().startsWith("1000 x 1000 pixels need "), e.getMessage());
      assertTrue(e.getMessage().endsWith("use a larger heap (-Xmx)"), e.getMessage());
    }
  }

  @Test
  void anotherThreadWaitsUntilTheOutermostRegionIsClosed() throws Exception {
    CountDownLatch reserved = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              try (DecodingMemory memory = DecodingMemory.open()) {
                memory.reserve(1000, 1000, ALL * .6, 0);
                reserved.countDown();
              } catch (ImageFormatException e) {
                throw new AssertionError(e);
              }
            });
    try (DecodingMemory outer = DecodingMemory.open()) {
      try (DecodingMemory inner = DecodingMemory.open()) {
        inner.reserve(1000, 1000, ALL * .6, 0);
      }
      // A second image of this thread does not wait: nobody could release the first.
      try (DecodingMemory inner = DecodingMemory.open()) {
        inner.reserve(1000, 1000, ALL * .6, 0);
      }
      other.start();
      assertFalse(reserved.await(200, TimeUnit.MILLISECONDS));
    }
    assertTrue(reserved.await(10, TimeUnit.SECONDS));
    other.join();
    assertEquals(0, reserved.getCount());
  }
}
