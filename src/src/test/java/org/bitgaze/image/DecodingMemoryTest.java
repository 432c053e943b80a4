package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
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

  @Test
  void largeFilesAreReadOneAtATime() throws Exception {
    int large = DecodingMemory.SMALL_FILE + 1;
    CountDownLatch small = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              try (DecodingMemory memory = DecodingMemory.open()) {
                read(large - 1);
                small.countDown();
                read(large);
                second.countDown();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    try (DecodingMemory memory = DecodingMemory.open()) {
      read(large);
      other.start();
      assertTrue(small.await(10, TimeUnit.SECONDS));
      assertFalse(second.await(200, TimeUnit.MILLISECONDS));
      // The one that has a file gets all memory for its pixels.
      memory.reserve(1000, 1000, ALL * .95, 0);
      assertEquals(1, second.getCount());
    }
    assertTrue(second.await(10, TimeUnit.SECONDS));
    other.join();
  }

  private static void read(int bytes) throws IOException {
    assertEquals(bytes, ImageDecoder.read(new ByteArrayInputStream(new byte[bytes])).length);
  }

  @Test
  void filesThatAreTooLargeAreRefused() {
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] into, int at, int length) {
            return length;
          }
        };
    ImageFormatException e =
        assertThrows(ImageFormatException.class, () -> ImageDecoder.read(zeros));
    assertTrue(e.getMessage().startsWith("a file of more than "), e.getMessage());
  }
}
