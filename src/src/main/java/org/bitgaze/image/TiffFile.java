package org.bitgaze.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;

/**
 * The first image of a TIFF file, without its colour profile. Only kinds whose pixels are known to
 * equal Pillow's are decoded; TIFF can hold measurements, too, which are not pictures.
 *
 * @param samples samples of a pixel in the file, alpha included
 * @param bits bits of a sample
 * @param orientation as EXIF numbers it, 1 to 8; the decoded image is upright
 * @param meaning what a pixel's samples mean
 * @param direct whether the reader returns red, green and blue as they are in the result
 */
record TiffFile(
    int width,
    int height,
    int samples,
    int bits,
    int orientation,
    Meaning meaning,
    boolean direct,
    byte[] content)
    implements ImageFile {
  private static final int PROFILE = 34675;
  private static final int UNUSED = 65000;

  /** Colours, or CMYK, and alpha. */
  private static final int MAX_SAMPLES = 5;

  private static final int MAX_BITS = 64;

  private static final int JPEG = 7;

  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int SEPARATED = 5;

  private static final int UNSPECIFIED = 0;
  private static final int PREMULTIPLIED_ALPHA = 1;
  private static final int PLAIN_ALPHA = 2;

  /** None, CCITT in three kinds, LZW, JPEG, deflate by two numbers, PackBits. */
  private static final Set<Long> COMPRESSIONS =
      Set.of(1L, 2L, 3L, 4L, 5L, (long) JPEG, 8L, 32946L, 32773L);

  /** What the samples of a pixel mean. */
  enum Meaning {
    /** Grey, RGB, palette: as the reader returns them. */
    PLAIN,
    /** Red, green, blue, each multiplied by alpha. */
    PREMULTIPLIED,
    /** Ink. */
    CMYK
  }

  static TiffFile open(byte[] file) throws ImageFormatException {
    byte[] content = file.clone();
    TiffDirectory tags = new TiffDirectory(content);
    tags.hide(PROFILE, UNUSED);
    requireBounded(tags);
    long width = tags.value(256, 0);
    long height = tags.value(257, 0);
    long compression = tags.value(259, 1);
    if (!COMPRESSIONS.contains(compression)) {
      throw unsupported("compression " + compression);
    }
    if (Arrays.stream(tags.values(339, 1)).anyMatch(format -> format != 1)) {
      throw unsupported("samples that are signed or floating-point numbers");
    }
    long samples = tags.value(277, 1);
    long[] bits = tags.values(258, 1);
    if (Arrays.stream(bits).anyMatch(b -> b != bits[0])) {
      throw unsupported("samples of different sizes");
    }
    long orientation = tags.value(274, 1);
    boolean upright = orientation < 1 || orientation > 8;
    return new TiffFile(
        (int) (orientation > 4 && !upright ? height : width),
        (int) (orientation > 4 && !upright ? width : height),
        (int) samples,
        (int) bits[0],
        upright ? 1 : (int) orientation,
        meaning(tags, samples, bits[0], compression),
        samples == 3 && bits[0] == 8 && compression != JPEG,
        content);
  }

  /**
   * Checks everything by which a reader chooses the size of its buffers: the image, and its strips
   * or tiles, each of which is decoded as a whole.
   *
   * @throws ImageFormatException if something is too large
   */
  static void requireBounded(TiffDirectory tags) throws ImageFormatException {
    long width = tags.value(256, 0);
    long height = tags.value(257, 0);
    ImageDecoder.checkSize(width, height);
    long samples = tags.value(277, 1);
    if (samples > MAX_SAMPLES || Arrays.stream(tags.values(258, 1)).anyMatch(b -> b > MAX_BITS)) {
      throw unsupported(samples + " samples of " + tags.value(258, 1) + " bits");
    }
    long tileWidth = tags.value(322, 1);
    long tileHeight = tags.value(323, 1);
    ImageDecoder.checkSize(tileWidth, tileHeight);
    if (tileWidth > 2 * width + 1024 || tileHeight > 2 * height + 1024) {
      throw unsupported("tiles much larger than the image");
    }
  }

  /** Determines what samples mean, or refuses them. */
  private static Meaning meaning(TiffDirectory tags, long samples, long bits, long compression)
      throws ImageFormatException {
    int photometric = (int) tags.value(262, samples >= 3 ? RGB : 1);
    int colours =
        switch (photometric) {
          case 0, 1, PALETTE -> 1;
          case RGB -> 3;
          case SEPARATED -> 4;
          case 6 -> {
            if (compression != JPEG) {
              throw unsupported("YCbCr samples outside JPEG");
            }
            yield 3;
          }
          case 8, 9, 10 -> throw unsupported("CIE L*a*b* samples");
          default -> throw unsupported("photometric interpretation " + photometric);
        };
    if (photometric == SEPARATED && tags.value(332, 1) != 1) {
      throw unsupported("inks other than CMYK");
    }
    boolean few = colours == 1 && samples == 1 && (bits == 1 || bits == 2 || bits == 4);
    if (!few && bits != 8 && (bits != 16 || photometric == PALETTE)) {
      throw unsupported("samples of " + bits + " bits");
    }
    long[] extra = tags.values(338);
    if (samples > colours) {
      if (samples > colours + 1 || extra.length > 1 || photometric == PALETTE) {
        throw unsupported(samples + " samples of which " + colours + " are colours");
      }
      long alpha = extra.length == 0 ? UNSPECIFIED : extra[0];
      if (alpha == PREMULTIPLIED_ALPHA && photometric == RGB) {
        return Meaning.PREMULTIPLIED;
      }
      // RGB and CMYK files may leave it open what the last sample is; grey files may not.
      boolean dropped = alpha == PLAIN_ALPHA || (alpha == UNSPECIFIED && colours > 1);
      if (photometric == 0) {
        // The reader inverts the levels of some of these files only.
        throw unsupported("grey levels from white to black and alpha");
      }
      if (!dropped || (photometric == SEPARATED && extra.length == 0)) {
        throw unsupported("a last sample that is not plain alpha");
      }
    } else if (samples < colours) {
      throw unsupported(samples + " samples for " + colours + " colours");
    }
    return photometric == SEPARATED ? Meaning.CMYK : Meaning.PLAIN;
  }

  private static ImageFormatException unsupported(String what) {
    return new ImageFormatException("TIFF with " + what + " is not supported");
  }

  @Override
  public double bytesPerPixel() {
    return (direct ? 0 : samples * bits / 8.0) + 3 + (orientation == 1 ? 0 : 3);
  }

  @Override
  public RgbImage decode() throws IOException {
    BufferedImage image = PixelReader.read(content);
    RgbImage rgb =
        switch (meaning) {
          case PLAIN -> Samples.toRgb(image);
          case PREMULTIPLIED -> Samples.toRgb(image.getRaster(), TiffFile::divideByAlpha);
          case CMYK -> Samples.toRgb(image.getRaster(), TiffFile::mixInk);
        };
    return Orientation.apply(rgb, orientation);
  }

  /** Pillow's rule: 255 c / alpha, rounded down; what is transparent keeps its samples. */
  private static void divideByAlpha(int[] samples, int at, byte[] rgb, int to) {
    int alpha = samples[at + 3];
    for (int k = 0; k < 3; k++) {
      int premultiplied = samples[at + k];
      rgb[to + k] =
          (byte) (alpha == 0 ? premultiplied : Math.min(255, 255 * premultiplied / alpha));
    }
  }

  /** Pillow's rule: (255 - c) (255 - k) / 255 for cyan, magenta and yellow, rounded. */
  private static void mixInk(int[] samples, int at, byte[] rgb, int to) {
    int light = 255 - samples[at + 3];
    for (int k = 0; k < 3; k++) {
      rgb[to + k] = (byte) ((light * (255 - samples[at + k]) + 127) / 255);
    }
  }
}
