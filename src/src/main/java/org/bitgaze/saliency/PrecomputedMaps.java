package org.bitgaze.saliency;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bitgaze.image.DecodingMemory;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.ImageFormatException;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Picture;
import org.bitgaze.image.RgbImage;

/**
 * Saliency maps or masks, read from a folder of grey images. The map of {@code a/b.jpg} is the
 * first of {@code a/b.png}, {@code a/b.jpg}, ..., {@code a/b.jpg.png}, ... that exists. A map
 * covers the whole photograph and is resized and cropped as the photograph is.
 */
public final class PrecomputedMaps implements Saliency {
  private static final List<String> EXTENSIONS =
      List.of(
          ".png", ".PNG", ".jpg", ".JPG", ".jpeg", ".JPEG", ".webp", ".bmp", ".tif", ".tiff",
          ".gif");

  private final Path folder;
  private final String what;

  /**
   * Creates the source.
   *
   * @param folder the maps' root folder
   * @param what what messages call a map, such as {@code mask}
   */
  public PrecomputedMaps(Path folder, String what) {
    this.folder = folder.toAbsolutePath().normalize();
    this.what = what;
  }

  @Override
  public Map<Framing, MapPart> maps(String key, Picture picture) throws IOException {
    Map<Framing, MapPart> maps = new LinkedHashMap<>();
    for (Framing framing : picture.framings()) {
      maps.put(framing, MapPart.whole(Heatmap.ofGrey(image(key, framing))));
    }
    return maps;
  }

  /**
   * Reads a map as an image.
   *
   * @param key the photograph's key
   * @param framing how the network resizes and crops the photograph
   * @return the map, resized and cropped in the same way
   * @throws IOException if the map does not exist or cannot be read; the message names the file
   */
  public RgbImage image(String key, Framing framing) throws IOException {
    Path file = find(key);
    try (DecodingMemory memory = DecodingMemory.open();
        InputStream in = Files.newInputStream(file)) {
      RgbImage whole = ImageDecoder.decode(ImageDecoder.read(in));
      return framing.apply(whole, Interpolation.BILINEAR);
    } catch (ImageFormatException e) {
      throw new ImageFormatException(file + ": " + e.getMessage());
    }
  }

  /**
   * Returns the names that a photograph's map may have.
   *
   * @param key the photograph's key
   * @return paths below the folder, the one that is looked for first at the beginning
   */
  public static List<String> names(String key) {
    int dot = key.lastIndexOf('.');
    String stem = dot > key.lastIndexOf('/') ? key.substring(0, dot) : key;
    return Stream.of(stem, key).flatMap(base -> EXTENSIONS.stream().map(base::concat)).toList();
  }

  /**
   * Finds a photograph's map.
   *
   * @param key the photograph's key
   * @return its file
   * @throws ImageFormatException if there is none
   */
  public Path find(String key) throws ImageFormatException {
    List<String> names = names(key);
    for (String name : names) {
      Path file = folder.resolve(name).normalize();
      if (file.startsWith(folder) && Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new ImageFormatException("there is no " + what + " " + folder.resolve(names.get(0)));
  }
}
