package org.bitgaze.image;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes JPEG, PNG, WebP, GIF, BMP and TIFF, told apart by content. Like torchvision's loader it
 * takes the samples as they are: colour profiles are not applied to RGB and grey images, alpha is
 * dropped, EXIF orientation is ignored; of an animation the first frame counts.
 */
public final class ImageDecoder {
  /** Pillow's threshold for a decompression bomb; a decoded image of this size takes 268 MB. */
  public static final long MAX_PIXELS = 89_478_485;

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
    try (ImageInputStream stream = ImageIO.createImageInputStream(JpegProfile.strip(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new ImageFormatException("no JPEG, PNG, WebP, GIF, BMP or TIFF image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        return toRgb(read(reader));
      } finally {
        reader.dispose();
      }
    } catch (ImageFormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The readers meet damaged files with almost any exception.
      throw new ImageFormatException("damaged image: " + describe(e));
    }
  }

  private static BufferedImage read(ImageReader reader) throws IOException {
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
    BufferedImage image = reader.read(0);
    if (truncated[0] != null) {
      throw new ImageFormatException("truncated image: " + truncated[0]);
    }
    return image;
  }

  private static RgbImage toRgb(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    if (hasPlainBytes(image)) {
      Raster raster = image.getRaster();
      return new RgbImage(height, width, isPacked(raster) ? reordered(raster) : copyBytes(raster));
    }
    byte[] rgb = new byte[height * width * 3];
    if (hasPlainSamples(image)) {
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

  /** Whether there is nothing between three bytes of a pixel and those of the next. */
  private static boolean isPacked(Raster raster) {
    ComponentSampleModel model = (ComponentSampleModel) raster.getSampleModel();
    return model.getNumBands() == 3
        && model.getPixelStride() == 3
        && model.getScanlineStride() == 3 * raster.getWidth()
        && model.getBandOffsets()[1] == 1
        && ((DataBufferByte) raster.getDataBuffer()).getSize()
            == 3 * raster.getWidth() * raster.getHeight();
  }

  /** The raster's own array, red and blue exchanged if blue comes first: nobody else reads it. */
  private static byte[] reordered(Raster raster) {
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (((ComponentSampleModel) raster.getSampleModel()).getBandOffsets()[0] != 0) {
      for (int i = 0; i < samples.length; i += 3) {
        byte blue = samples[i];
        samples[i] = samples[i + 2];
        samples[i + 2] = blue;
      }
    }
    return samples;
  }

  /** What {@link #copySamples} does, without asking the raster for each sample. */
  private static byte[] copyBytes(Raster raster) {
    byte[] rgb = new byte[raster.getHeight() * raster.getWidth() * 3];
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
    return rgb;
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
