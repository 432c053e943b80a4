package org.bitgaze.image;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.bitgaze.testing.Pictures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some seconds of damaged images: whatever the bytes, the decoder returns an image or throws an
 * {@link ImageFormatException}, and never a StackOverflowError or an OutOfMemoryError. {@code
 * -Dbitgaze.fuzz.seconds} changes the time, {@code -Dbitgaze.fuzz.seed} repeats a failure.
 */
class ImageFuzzTest {
  private static final long SECONDS = Long.getLong("bitgaze.fuzz.seconds", 6);
  private static final int FORMATS = 6;

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "webp", "gif", "tif", "bmp"})
  void damagedImagesFailInOneWayOnly(String extension) throws IOException {
    List<byte[]> whole = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : Pictures.all().entrySet()) {
      if (file.getKey().endsWith("." + extension) && !file.getKey().startsWith("references")) {
        whole.add(file.getValue());
      }
    }
    long seed = Long.getLong("bitgaze.fuzz.seed", System.nanoTime());
    Random random = new Random(seed);
    long end = System.nanoTime() + SECONDS * 1_000_000_000L / FORMATS;
    int refused = 0;
    int runs = 0;
    for (; System.nanoTime() < end; runs++) {
      byte[] damaged = damage(whole.get(random.nextInt(whole.size())), random);
      if (extension.equals("png") && random.nextBoolean()) {
        repairChecksums(damaged);
      }
      try {
        refused += isRefusedAsMask(damaged) ? 1 : 0;
        RgbImage image = ImageDecoder.decode(damaged);
        assertTrue((long) image.width() * image.height() <= ImageDecoder.MAX_PIXELS);
      } catch (ImageFormatException e) {
        if (e.getMessage().lines().count() != 1 || e.getMessage().contains("StackOverflowError")) {
          throw new AssertionError(repeat(extension, runs, seed), e);
        }
        refused++;
      } catch (Throwable e) {
        throw new AssertionError(repeat(extension, runs, seed), e);
      }
    }
    assertTrue(refused > runs / 20, refused + " refused; " + repeat(extension, runs, seed));
  }

  /** Masks and class maps keep their values: they have a reader of their own. */
  private static boolean isRefusedAsMask(byte[] file) {
    try {
      MaskImage.decode(file);
      return false;
    } catch (ImageFormatException e) {
      return true;
    }
  }

  private static String repeat(String extension, int run, long seed) {
    return extension + ", run " + run + ": repeat it with -Dbitgaze.fuzz.seed=" + seed;
  }

  /** Changes some bytes, most often in the header; now and then cuts a file or repeats a part. */
  private static byte[] damage(byte[] whole, Random random) {
    byte[] damaged = whole.clone();
    int header = Math.min(damaged.length, 200);
    for (int k = 1 + random.nextInt(4); k > 0; k--) {
      int at = random.nextInt(random.nextInt(3) > 0 ? header : damaged.length);
      switch (random.nextInt(5)) {
        case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> damaged[at] = (byte) random.nextInt();
        case 2 -> damaged[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
        case 3 -> {
          for (int i = at; i < Math.min(damaged.length, at + 4); i++) {
            damaged[i] = (byte) (random.nextBoolean() ? 0xff : 0);
          }
        }
        default -> {
          if (random.nextInt(10) == 0) {
            damaged = Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length));
            header = Math.min(damaged.length, 200);
          } else if (random.nextInt(10) == 0) {
            damaged = repeatPart(damaged, random);
          }
        }
      }
    }
    return damaged;
  }

  private static byte[] repeatPart(byte[] whole, Random random) {
    int from = random.nextInt(whole.length);
    int length = Math.min(whole.length - from, 1 + random.nextInt(64));
    int times = 1 + random.nextInt(5000);
    ByteBuffer repeated = ByteBuffer.allocate(whole.length + times * length);
    repeated.put(whole, 0, from);
    for (int i = 0; i < times; i++) {
      repeated.put(whole, from, length);
    }
    return repeated.put(whole, from, whole.length - from).array();
  }

  /** Lets damage pass the checksums of PNG. */
  private static void repairChecksums(byte[] png) {
    ByteBuffer in = ByteBuffer.wrap(png);
    int at = 8;
    while (at + 12 <= png.length) {
      int length = in.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        return;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, 4 + length);
      in.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
  }
}
