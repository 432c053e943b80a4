package org.bitgaze.transforms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bitgaze.saliency.PrecomputedMaps;

/**
 * How labels or masks agree with the images that they are of.
 *
 * @param what what they are called, in the plural
 * @param images number of images
 * @param covered number of images that have one
 * @param names number of labels or masks
 * @param bare images that have none, some examples
 * @param unused labels or masks that no image has, some examples
 * @param unusedCount their number
 */
public record Coverage(
    String what,
    long images,
    long covered,
    long names,
    List<String> bare,
    List<String> unused,
    long unusedCount) {
  private static final int EXAMPLES = 3;

  /**
   * Compares labels with images.
   *
   * @param labels a CSV file, see {@link ReadLabels}
   * @param images finds the images
   * @return how they agree
   * @throws IOException if either cannot be read
   */
  public static Coverage ofLabels(String labels, MatchImages images) throws IOException {
    return ofLabels(labels, keys -> images.visit((key, path) -> keys.accept(key)));
  }

  /** Lists the keys of images. */
  @FunctionalInterface
  public interface Keys {
    /**
     * Lists all keys.
     *
     * @param keys takes each
     * @throws IOException if they cannot be listed
     */
    void forEach(Consumer<String> keys) throws IOException;
  }

  /**
   * Compares labels with images.
   *
   * @param labels a CSV file, see {@link ReadLabels}
   * @param images lists the images' keys
   * @return how they agree
   * @throws IOException if either cannot be read
   */
  public static Coverage ofLabels(String labels, Keys images) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    ReadLabels.read(labels, (file, index) -> names.add(file));
    return of("labels", names, List::of, images);
  }

  /**
   * Compares labels of a task that is not classification with images.
   *
   * @param labels a folder with a file for each image, or one file, see {@link ReadTruths}
   * @param images lists the images' keys
   * @return how they agree
   * @throws IOException if either cannot be read
   */
  public static Coverage ofTruths(String labels, Keys images) throws IOException {
    Path folder = Path.of(labels);
    if (!Files.isDirectory(folder)) {
      Set<String> names = TruthFormats.table(labels, Integer.MAX_VALUE).keySet();
      return of("labels", names, List::of, images);
    }
    Set<String> names = new LinkedHashSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(names::add);
    }
    return of("labels", names, ReadTruths::names, images);
  }

  /**
   * Compares masks with images.
   *
   * @param folder the masks' folder, see {@link ReadMasks}
   * @param images lists the images' keys
   * @return how they agree
   * @throws IOException if either cannot be read
   */
  public static Coverage ofMasks(String folder, Keys images) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    MatchImages.in(folder).visit((key, path) -> names.add(key));
    return of("masks", names, PrecomputedMaps::names, images);
  }

  private static Coverage of(
      String what, Set<String> names, Function<String, List<String>> wanted, Keys images)
      throws IOException {
    String first = names.stream().findFirst().orElse("");
    Set<String> left = new LinkedHashSet<>(names);
    List<String> bare = new ArrayList<>();
    long[] count = new long[2];
    int[] hinted = {0};
    images.forEach(
        key -> {
          count[0]++;
          Optional<String> name = wanted.apply(key).stream().filter(names::contains).findFirst();
          if (name.isPresent()) {
            count[1]++;
            left.remove(name.get());
          } else if (hinted[0] < EXAMPLES && !hint(first, key).isEmpty()) {
            // Tells most beside the first name.
            hinted[0]++;
            bare.add(0, key);
          } else if (bare.size() < EXAMPLES) {
            bare.add(key);
          }
        });
    return new Coverage(
        what,
        count[0],
        count[1],
        names.size(),
        bare.stream().limit(EXAMPLES).toList(),
        left.stream().limit(EXAMPLES).toList(),
        left.size());
  }

  /** {@return why there is no use in going on, in one line; empty if an image has one} */
  public Optional<String> problem() {
    if (covered > 0) {
      return Optional.empty();
    }
    if (names == 0) {
      return Optional.of("there are no " + what);
    }
    return Optional.of(
        "none of the %d %s belongs to an image: there is '%s', but the images are called '%s'%s"
            .formatted(names, what, unused.get(0), bare.get(0), hint(unused.get(0), bare.get(0))));
  }

  /** {@return what does not agree, one line each} */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (covered < images) {
      warnings.add(
          "%d of %d images have no %s, such as %s"
              .formatted(images - covered, images, what.substring(0, what.length() - 1), bare));
    }
    if (unusedCount > 0) {
      warnings.add(
          "%d of %d %s belong to no image, such as %s".formatted(unusedCount, names, what, unused));
    }
    return warnings;
  }

  /** What sets a name and a key apart, if that is one thing. */
  private static String hint(String name, String key) {
    if (last(name).equals(last(key))) {
      return name.contains("\\") ? " (Windows' separators)" : " (other folders)";
    }
    if (name.equalsIgnoreCase(key)) {
      return " (upper and lower case)";
    }
    return stem(last(name))
            .toLowerCase(Locale.ROOT)
            .equals(stem(last(key)).toLowerCase(Locale.ROOT))
        ? " (another extension)"
        : "";
  }

  private static String last(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private static String stem(String name) {
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }
}
