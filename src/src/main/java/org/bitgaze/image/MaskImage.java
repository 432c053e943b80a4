package org.bitgaze.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * An image whose values mean something else than brightness, such as class numbers: as its file has
 * them, before palettes are applied or 16 bits become 8.
 *
 * @param height in pixels
 * @param width in pixels
 * @param kind what the values are
 * @param values of each pixel, row by row from the top: a grey level, an index of the palette, or
 *     red, green and blue as 0xRRGGBB
 * @param max the largest grey level that the file's format has; white
 * @param palette colour of each index, as 0xRRGGBB; empty for other kinds
 * @param alpha of each pixel, 0 to 255; empty if the file has none
 */
record MaskImage(
    int height, int width, Kind kind, int[] values, int max, int[] palette, Optional<int[]> alpha) {
  private static final int BYTE = 255;

  /** Decoded samples, values, alpha and levels. */
  private static final double BYTES_PER_PIXEL = 20;

  /** What a pixel's value is. */
  enum Kind {
    /** A level from black to white. */
    GREY,
    /** An index of a palette. */
    PALETTE,
    /** A colour. */
    COLOUR
  }

  /**
   * Decodes a file.
   *
   * @param file its content
   * @throws ImageFormatException if it cannot be read
   */
  static MaskImage decode(byte[] file) throws ImageFormatException {
    if (mayBeLossy(file)) {
      RgbImage image = ImageDecoder.decode(file);
      int[] colours = new int[image.height() * image.width()];
      for (int i = 0; i < colours.length; i++) {
        colours[i] = colour(image.pixels(), 3 * i);
      }
      return colours(image.height(), image.width(), colours, alpha(file));
    }
    if (ImageFormat.of(file).filter(ImageFormat.TIFF::equals).isPresent()) {
      TiffFile.requireBounded(new TiffDirectory(file));
    }
    try (DecodingMemory memory = DecodingMemory.open();
        ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new ImageFormatException("not a PNG, GIF, BMP or TIFF image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        ImageSize frame = new ImageSize(reader.getWidth(0), reader.getHeight(0));
        // A GIF's canvas is larger than its frame.
        ImageSize size = ImageSize.of(file).filter(s -> s.pixels() > frame.pixels()).orElse(frame);
        ImageDecoder.checkSize(size.width(), size.height());
        memory.reserve(size.width(), size.height(), BYTES_PER_PIXEL, file.length);
        return of(placed(reader.read(0), file));
      } finally {
        reader.dispose();
      }
    } catch (ImageFormatException | OutOfMemoryError e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new ImageFormatException("damaged image: " + ImageDecoder.describe(e));
    }
  }

  /**
   * Does what is done to the picture: paints a GIF's canvas, and turns what a TIFF says to turn.
   */
  private static BufferedImage placed(BufferedImage image, byte[] file)
      throws ImageFormatException {
    switch (ImageFormat.of(file).orElse(ImageFormat.PNG)) {
      case GIF -> {
        GifFile gif = GifFile.open(file);
        return image.getWidth() == gif.width() && image.getHeight() == gif.height()
            ? image
            : onCanvas(image, gif);
      }
      case TIFF -> {
        long orientation = new TiffDirectory(file).value(274, 1);
        return Orientation.apply(image, orientation < 1 || orientation > 8 ? 1 : (int) orientation);
      }
      default -> {
        return image;
      }
    }
  }

  private static BufferedImage onCanvas(BufferedImage frame, GifFile gif) {
    ColorModel model = frame.getColorModel();
    WritableRaster canvas = model.createCompatibleWritableRaster(gif.width(), gif.height());
    int[] row = new int[gif.width()];
    Arrays.fill(row, gif.background());
    for (int y = 0; y < gif.height(); y++) {
      canvas.setSamples(0, y, gif.width(), 1, 0, row);
    }
    canvas.setDataElements(gif.left(), gif.top(), frame.getRaster());
    return new BufferedImage(model, canvas, false, new Hashtable<>());
  }

  /** The alpha channel of a WebP file; JPEG has none. */
  private static Optional<int[]> alpha(byte[] file) throws ImageFormatException {
    if (ImageFormat.of(file).filter(ImageFormat.WEBP::equals).isEmpty()) {
      return Optional.empty();
    }
    WebpFile webp = WebpFile.open(file);
    try (DecodingMemory memory = DecodingMemory.open()) {
      memory.reserve(webp.width(), webp.height(), BYTES_PER_PIXEL, file.length);
      return webp.alpha();
    } catch (ImageFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new ImageFormatException("damaged image: " + ImageDecoder.describe(e));
    }
  }

  /** JPEG and WebP, which have neither palettes nor more than 8 bits. */
  /** {@return whether the format may change values} */
  static boolean mayBeLossy(byte[] file) {
    return ImageFormat.of(file)
        .filter(format -> format == ImageFormat.JPEG || format == ImageFormat.WEBP)
        .isPresent();
  }

  private static MaskImage of(BufferedImage image) throws ImageFormatException {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    if (model instanceof IndexColorModel indexed) {
      return palette(indexed, raster);
    }
    int space = model.getColorSpace().getType();
    int bands = raster.getNumBands();
    int colours = bands - (model.hasAlpha() ? 1 : 0);
    if (!(space == ColorSpace.TYPE_GRAY && colours == 1)
        && !(space == ColorSpace.TYPE_RGB && colours == 3)) {
      throw new ImageFormatException("a mask must be grey, RGB or have a palette");
    }
    if (!(raster.getSampleModel() instanceof ComponentSampleModel) && colours == 3) {
      return packed(image);
    }
    boolean isFloat = raster.getTransferType() >= DataBuffer.TYPE_FLOAT;
    int max = isFloat || raster.getTransferType() == DataBuffer.TYPE_BYTE ? BYTE : 65535;
    if (isFloat && colours == 1) {
      int[] levels = levels(raster);
      boolean wide = Arrays.stream(levels).anyMatch(level -> level > BYTE);
      return grey(raster, wide ? 65535 : BYTE, levels, Optional.empty());
    }
    if (isFloat || raster.getSampleModel().getSampleSize(0) > 16) {
      throw new ImageFormatException("a mask must have at most 16 bits");
    }
    int pixels = raster.getWidth() * raster.getHeight();
    int[] values = new int[pixels];
    int[] alpha = new int[model.hasAlpha() ? pixels : 0];
    int shift = max == BYTE ? 0 : 8;
    int[] row = new int[raster.getWidth() * bands];
    for (int i = 0; i < pixels; i++) {
      int x = i % raster.getWidth();
      if (x == 0) {
        raster.getPixels(
            raster.getMinX(), raster.getMinY() + i / raster.getWidth(), raster.getWidth(), 1, row);
      }
      int at = x * bands;
      values[i] =
          colours == 1
              ? row[at]
              : row[at] >> shift << 16 | row[at + 1] >> shift << 8 | row[at + 2] >> shift;
      if (alpha.length > 0) {
        alpha[i] = row[at + colours] >> shift;
      }
    }
    Optional<int[]> some = Optional.of(alpha).filter(a -> a.length > 0);
    return colours == 1
        ? grey(raster, max, values, some)
        : colours(raster.getHeight(), raster.getWidth(), values, some);
  }

  /** Samples that share one integer, such as those of 16-bit BMP files. */
  private static MaskImage packed(BufferedImage image) {
    int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    Optional<int[]> alpha =
        image.getColorModel().hasAlpha()
            ? Optional.of(Arrays.stream(argb).map(pixel -> pixel >>> 24).toArray())
            : Optional.empty();
    return colours(
        image.getHeight(),
        image.getWidth(),
        Arrays.stream(argb).map(pixel -> pixel & 0xffffff).toArray(),
        alpha);
  }

  private static MaskImage grey(Raster raster, int max, int[] values, Optional<int[]> alpha) {
    return new MaskImage(
        raster.getHeight(), raster.getWidth(), Kind.GREY, values, max, new int[0], alpha);
  }

  /** Whole numbers as they are, and numbers from 0 to 1 as 0 to 255. */
  private static int[] levels(Raster raster) throws ImageFormatException {
    float[] samples =
        raster.getSamples(
            raster.getMinX(),
            raster.getMinY(),
            raster.getWidth(),
            raster.getHeight(),
            0,
            (float[]) null);
    boolean whole = true;
    float most = 0;
    for (float sample : samples) {
      if (!(sample >= 0 && sample <= 65535)) {
        throw new ImageFormatException("a mask has the value " + sample);
      }
      whole &= sample == Math.rint(sample);
      most = Math.max(most, sample);
    }
    if (!whole && most > 1) {
      throw new ImageFormatException("a mask has broken numbers above 1, up to " + most);
    }
    int[] levels = new int[samples.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Math.round(whole ? samples[i] : samples[i] * BYTE);
    }
    return levels;
  }

  private static MaskImage palette(IndexColorModel model, Raster raster) {
    int height = raster.getHeight();
    int width = raster.getWidth();
    int[] values =
        raster.getSamples(raster.getMinX(), raster.getMinY(), width, height, 0, (int[]) null);
    int size = model.getMapSize();
    int[] palette = new int[size];
    model.getRGBs(palette);
    Optional<int[]> alpha =
        model.hasAlpha()
            ? Optional.of(Arrays.stream(values).map(i -> palette[i] >>> 24).toArray())
            : Optional.empty();
    for (int i = 0; i < size; i++) {
      palette[i] &= 0xffffff;
    }
    // What Java makes of grey levels of 1, 2 and 4 bits.
    boolean isRamp = size > 1;
    boolean isReversed = size > 1;
    for (int i = 0; i < size; i++) {
      isRamp &= palette[i] == i * BYTE / (size - 1) * 0x010101;
      isReversed &= palette[i] == (size - 1 - i) * BYTE / (size - 1) * 0x010101;
    }
    if (isRamp || isReversed) {
      int[] levels = isRamp ? values : Arrays.stream(values).map(i -> size - 1 - i).toArray();
      return new MaskImage(height, width, Kind.GREY, levels, size - 1, new int[0], alpha);
    }
    return new MaskImage(height, width, Kind.PALETTE, values, size - 1, palette, alpha);
  }

  /** Colours, or grey levels if no pixel has a colour. */
  private static MaskImage colours(int height, int width, int[] colours, Optional<int[]> alpha) {
    boolean isGrey = Arrays.stream(colours).allMatch(c -> c == (c & BYTE) * 0x010101);
    return isGrey
        ? new MaskImage(
            height,
            width,
            Kind.GREY,
            Arrays.stream(colours).map(c -> c & BYTE).toArray(),
            BYTE,
            new int[0],
            alpha)
        : new MaskImage(height, width, Kind.COLOUR, colours, BYTE, new int[0], alpha);
  }

  private static int colour(byte[] rgb, int at) {
    return (rgb[at] & BYTE) << 16 | (rgb[at + 1] & BYTE) << 8 | rgb[at + 2] & BYTE;
  }

  /** {@return a pixel's colour as 0xRRGGBB} */
  int colour(int pixel) {
    return switch (kind) {
      case GREY -> level(pixel) * 0x010101;
      case PALETTE -> palette[values[pixel]];
      case COLOUR -> values[pixel];
    };
  }

  /** {@return a pixel's brightness, 0 to 255: a grey level, or the mean of a colour} */
  int level(int pixel) {
    if (kind == Kind.GREY) {
      return max == 65535 ? values[pixel] >> 8 : values[pixel] * BYTE / max;
    }
    int colour = colour(pixel);
    return ((colour >> 16) + (colour >> 8 & BYTE) + (colour & BYTE)) / 3;
  }

  /** {@return the number of pixels} */
  int pixels() {
    return values.length;
  }
}
