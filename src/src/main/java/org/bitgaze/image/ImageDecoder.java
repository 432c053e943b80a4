package org.bitgaze.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes JPEG, PNG, WebP, GIF, BMP and TIFF, told apart by content. Like torchvision's loader it
 * takes the samples as they are: colour profiles are not applied to RGB and grey images, alpha is
 * dropped, EXIF orientation is ignored; of an animation the first frame counts.
 */
public final class ImageDecoder {
  /**
   * Pillow's threshold for a decompression bomb; a decoded image of this size takes 268 MB, while
   * it is decoded up to twice that.
   */
  public static final long MAX_PIXELS = 89_478_485;

  private static final int[] RED_GREEN_BLUE = {0, 1, 2};
  private static final ImageTypeSpecifier RGB =
      ImageTypeSpecifier.createInterleaved(
          ColorSpace.getInstance(ColorSpace.CS_sRGB),
          RED_GREEN_BLUE,
          DataBuffer.TYPE_BYTE,
          false,
          false);

  static {
    ImageIO.setUseCache(false);
  }

  private ImageDecoder() {}

  /**
   * Decodes an image.
   *
   * @param file the file's content
   * @return the image
   * @throws ImageFormatException if it is empty, of no known format, damaged, truncated, or has
   *     more than {@link #MAX_PIXELS} pixels
   */
  public static RgbImage decode(byte[] file) throws ImageFormatException {
    if (file.length == 0) {
      throw new ImageFormatException("empty file");
    }
    try {
      return JpegProfile.isJpeg(file) ? decodeJpeg(file) : decode(file, false);
    } catch (ImageFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The readers meet damaged files with almost any exception.
      throw new ImageFormatException("damaged image: " + describe(e));
    }
  }

  private static RgbImage decodeJpeg(byte[] file) throws IOException {
    try {
      return decode(file, true);
    } catch (IIOException | RuntimeException refused) {
      return decode(file, false);
    }
  }

  /**
   * Decodes a file.
   *
   * @param asked whether a JPEG reader is asked for red, green and blue in this order, where that
   *     saves a pass over the pixels; it may refuse
   */
  private static RgbImage decode(byte[] file, boolean asked) throws IOException {
    try (ImageInputStream stream = ImageIO.createImageInputStream(JpegProfile.strip(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new ImageFormatException("no JPEG, PNG, WebP, GIF, BMP or TIFF image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return toRgb(read(reader, asked));
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage read(ImageReader reader, boolean asked) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width * height > MAX_PIXELS) {
      throw new ImageFormatException(
          String.format(Locale.ROOT, "%d x %d pixels are more than %d", width, height, MAX_PIXELS));
    }
    String[] truncated = new String[1];
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          String text = warning.toLowerCase(Locale.ROOT);
          // Other warnings (a stray byte between markers) leave the picture whole.
          if (text.contains("premature end") || text.contains("truncated")) {
            truncated[0] = warning;
          }
        });
    ImageReadParam param = reader.getDefaultReadParam();
    if (asked && wouldReverse(reader)) {
      param.setDestination(RGB.createBufferedImage((int) width, (int) height));
    }
    BufferedImage image = reader.read(0, param);
    if (truncated[0] != null) {
      throw new ImageFormatException("truncated image: " + truncated[0]);
    }
    return image;
  }

  /** A JPEG file's pixels are decoded as red, green, blue, and then written the other way round. */
  private static boolean wouldReverse(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    return types.hasNext() && types.next().getBufferedImageType() == BufferedImage.TYPE_3BYTE_BGR;
  }

  private static RgbImage toRgb(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    if (isPacked(image)) {
      // The raster's own array: nobody else reads it.
      return new RgbImage(
          height, width, ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
    }
    byte[] rgb = new byte[height * width * 3];
    if (hasPlainBytes(image)) {
      copyBytes(image.getRaster(), rgb);
    } else if (hasPlainSamples(image)) {
      copySamples(image.getRaster(), rgb);
    } else {
      copyColours(image, rgb);
    }
    return new RgbImage(height, width, rgb);
  }

  /** Whether the samples themselves are grey or red, green, blue, of 8 or 16 bits. */
  private static boolean hasPlainSamples(BufferedImage image) {
    Raster raster = image.getRaster();
    int type = raster.getTransferType();
    return raster.getSampleModel() instanceof ComponentSampleModel
        && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
        && !(image.getColorModel() instanceof java.awt.image.IndexColorModel);
  }

  /** Whether they are bytes that lie in one array, as those of photographs do. */
  private static boolean hasPlainBytes(BufferedImage image) {
    Raster raster = image.getRaster();
    return hasPlainSamples(image)
        && raster.getDataBuffer() instanceof DataBufferByte bytes
        && bytes.getNumBanks() == 1
        && bytes.getOffset() == 0
        && raster.getParent() == null
        && raster.getMinX() == 0
        && raster.getMinY() == 0;
  }

  /** Whether they are red, green, blue, and nothing else lies between or behind them. */
  private static boolean isPacked(BufferedImage image) {
    Raster raster = image.getRaster();
    return hasPlainBytes(image)
        && raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && Arrays.equals(model.getBandOffsets(), RED_GREEN_BLUE)
        && model.getPixelStride() == 3
        && model.getScanlineStride() == 3 * raster.getWidth()
        && raster.getDataBuffer().getSize() == 3 * raster.getWidth() * raster.getHeight();
  }

  /** What {@link #copySamples} does, without asking the raster for each sample. */
  private static void copyBytes(Raster raster, byte[] rgb) {
    ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    int[] bands = model.getBandOffsets();
    int red = bands[0];
    int green = bands.length >= 3 ? bands[1] : red;
    int blue = bands.length >= 3 ? bands[2] : red;
    int step = model.getPixelStride();
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      int pixel = y * model.getScanlineStride();
      for (int x = 0; x < raster.getWidth(); x++, pixel += step, out += 3) {
        rgb[out] = samples[pixel + red];
        rgb[out + 1] = samples[pixel + green];
        rgb[out + 2] = samples[pixel + blue];
      }
    }
  }

  private static void copySamples(Raster raster, byte[] rgb) {
    int bands = raster.getNumBands();
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int green = bands >= 3 ? 1 : 0;
    int blue = bands >= 3 ? 2 : 0;
    int width = raster.getWidth();
    int[] row = new int[width * bands];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        rgb[out++] = (byte) (row[x] >> shift);
        rgb[out++] = (byte) (row[x + green] >> shift);
        rgb[out++] = (byte) (row[x + blue] >> shift);
      }
    }
  }

  /** Palettes and packed pixels, through the colour model. */
  private static void copyColours(BufferedImage image, byte[] rgb) {
    int width = image.getWidth();
    int[] row = new int[width];
    int out = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int colour : row) {
        rgb[out++] = (byte) (colour >> 16);
        rgb[out++] = (byte) (colour >> 8);
        rgb[out++] = (byte) colour;
      }
    }
  }

  private static String describe(Exception e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : message.lines().findFirst().orElse(name).strip();
  }
}
