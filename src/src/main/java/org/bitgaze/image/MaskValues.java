package org.bitgaze.image;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which values of a mask's file are the object. By default this is found from the file: black and
 * white (with soft edges or without), 0 and one other value, black and one other colour, or a
 * transparent background. A file that may mean something else is refused, naming its values.
 *
 * @param text what {@link #parse} read
 */
public record MaskValues(String text) implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String NONZERO = "nonzero";
  private static final String ABOVE_HALF = "above-half";
  private static final String ALPHA = "alpha";
  private static final String PALETTE = "palette:";
  private static final Pattern NUMBERS = Pattern.compile("\\d{1,5}(,\\d{1,5})*");
  private static final Pattern COLOURS =
      Pattern.compile(PALETTE + "#?\\p{XDigit}{6}(,#?\\p{XDigit}{6})*");

  /** What users may say. */
  public static final String CHOICES = "nonzero|above-half|N,...|alpha|palette:RRGGBB,...";

  /** The object is found from each file, or the file refused. */
  public static final MaskValues AUTO = new MaskValues("auto");

  /** A share of pixels between black and white that soft edges do not exceed. */
  private static final double SOFT_SHARE = 0.1;

  /** More levels than that are a lossy file's, whose black and white are not exact. */
  private static final int EXACT_LEVELS = 16;

  /** How many values a message lists. */
  private static final int EXAMPLES = 8;

  private static final int WHITE = 255;

  /**
   * Reads a choice.
   *
   * @param text {@code nonzero}; {@code above-half}: at least half as bright as white; class
   *     numbers (grey levels or indices of a palette) with commas between; {@code alpha}: opaque;
   *     {@code palette:} and colours as RRGGBB; {@code auto}
   * @return the choice
   * @throws IllegalArgumentException if it is none of these
   */
  public static MaskValues parse(String text) {
    boolean known =
        Set.of(NONZERO, ABOVE_HALF, ALPHA, AUTO.text).contains(text)
            || NUMBERS.matcher(text).matches()
            || COLOURS.matcher(text).matches();
    if (!known) {
      throw new IllegalArgumentException("'" + text + "' is not " + CHOICES);
    }
    return new MaskValues(text);
  }

  /**
   * Finds the object in a file.
   *
   * @param file a mask's content
   * @return an image of the mask's size, white where the object is and black elsewhere, with what
   *     soft edges the file has
   * @throws ImageFormatException if the file cannot be read, its values are ambiguous, or no pixel
   *     or every pixel is the object's
   */
  public RgbImage read(byte[] file) throws ImageFormatException {
    MaskImage mask = MaskImage.decode(file);
    int[] levels = equals(AUTO) ? found(mask) : chosen(mask);
    int white = (int) Arrays.stream(levels).filter(v -> 2 * v > WHITE).count();
    if (white == 0 || white == levels.length) {
      throw new ImageFormatException(
          (white == 0 ? "the mask is empty: no" : "the mask covers the whole image: every")
              + " pixel is the object's; its values are "
              + values(mask));
    }
    if (equals(AUTO) && isAroundEdge(mask, levels)) {
      throw new ImageFormatException(
          "the whole edge of the mask is white; if it is inverted say --mask-values 0, else"
              + " --mask-values above-half");
    }
    byte[] rgb = new byte[3 * levels.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) levels[i / 3];
    }
    return new RgbImage(mask.height(), mask.width(), rgb);
  }

  private int[] chosen(MaskImage mask) throws ImageFormatException {
    switch (text) {
      case NONZERO:
        return where(mask, i -> mask.values()[i] != 0);
      case ABOVE_HALF:
        return IntStream.range(0, mask.pixels()).map(mask::level).toArray();
      case ALPHA:
        return mask.alpha()
            .orElseThrow(() -> new ImageFormatException("the mask has no alpha channel"));
      default:
        if (text.startsWith(PALETTE)) {
          Set<Integer> colours =
              Arrays.stream(text.substring(PALETTE.length()).split(","))
                  .map(c -> HexFormat.fromHexDigits(c.replace("#", "")))
                  .collect(Collectors.toSet());
          return where(mask, i -> colours.contains(mask.colour(i)));
        }
        if (mask.kind() == MaskImage.Kind.COLOUR) {
          throw new ImageFormatException(
              "the mask has colours, not class numbers; name them by --mask-values palette:RRGGBB");
        }
        Set<Integer> numbers =
            Arrays.stream(text.split(",")).map(Integer::valueOf).collect(Collectors.toSet());
        return where(mask, i -> numbers.contains(mask.values()[i]));
    }
  }

  private static int[] where(MaskImage mask, IntPredicate isObject) {
    return IntStream.range(0, mask.pixels()).map(i -> isObject.test(i) ? WHITE : 0).toArray();
  }

  private static int[] found(MaskImage mask) throws ImageFormatException {
    Set<Integer> colours = distinct(mask);
    if (mask.alpha().isPresent() && Arrays.stream(mask.alpha().get()).distinct().count() > 1) {
      if (colours.size() > 1) {
        throw ambiguous(mask, "both its colours and its alpha channel vary");
      }
      return mask.alpha().get();
    }
    if (mask.kind() == MaskImage.Kind.GREY) {
      return grey(mask);
    }
    boolean hasBlack = colours.contains(0);
    if (colours.size() > 2 || colours.size() == 2 && !hasBlack) {
      throw ambiguous(mask, "it has more than black and one other colour");
    }
    return where(mask, i -> mask.colour(i) != 0);
  }

  private static int[] grey(MaskImage mask) throws ImageFormatException {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int value : mask.values()) {
      counts.merge(value, 1, Integer::sum);
    }
    if (counts.size() <= 2) {
      if (counts.size() == 2 && !counts.containsKey(0)) {
        throw ambiguous(mask, "none of its two values is 0");
      }
      return where(mask, i -> mask.values()[i] != 0);
    }
    if (!isSoft(counts, mask)) {
      throw ambiguous(mask, "they may be class numbers, or 255 a border to be ignored");
    }
    return IntStream.range(0, mask.pixels()).map(mask::level).toArray();
  }

  /** Whether all is black or white, but for levels between them along edges. */
  private static boolean isSoft(Map<Integer, Integer> counts, MaskImage mask) {
    int slack = counts.size() > EXACT_LEVELS ? mask.max() / EXACT_LEVELS : 0;
    long white = 0;
    long between = 0;
    double sum = 0;
    int levels = 0;
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      int value = entry.getKey();
      if (value >= mask.max() - slack) {
        white += entry.getValue();
      } else if (value > slack) {
        between += entry.getValue();
        sum += (double) value * entry.getValue();
        levels++;
      }
    }
    double mean = sum / between / mask.max();
    return levels >= 2
        && between <= SOFT_SHARE * mask.pixels()
        && between < white
        && mean > 0.25
        && mean < 0.75;
  }

  private static boolean isAroundEdge(MaskImage mask, int[] levels) {
    int width = mask.width();
    for (int i = 0; i < levels.length; i++) {
      int x = i % width;
      int y = i / width;
      boolean edge = x == 0 || y == 0 || x == width - 1 || y == mask.height() - 1;
      if (edge && 2 * levels[i] <= WHITE) {
        return false;
      }
    }
    return true;
  }

  private static ImageFormatException ambiguous(MaskImage mask, String why) {
    return new ImageFormatException(
        "the mask's values are " + values(mask) + ": " + why + "; say --mask-values " + CHOICES);
  }

  private static String values(MaskImage mask) {
    Set<Integer> distinct = new TreeSet<>();
    for (int i = 0; i < mask.pixels() && distinct.size() <= EXAMPLES; i++) {
      distinct.add(mask.values()[i]);
    }
    boolean colours = mask.kind() == MaskImage.Kind.COLOUR;
    return distinct.stream()
            .limit(EXAMPLES)
            .map(v -> colours ? "%06x".formatted(v) : String.valueOf(v))
            .collect(Collectors.joining(", "))
        + (distinct.size() > EXAMPLES ? ", ..." : "");
  }

  /** The colours that are there, or the first three. */
  private static Set<Integer> distinct(MaskImage mask) {
    Set<Integer> distinct = new TreeSet<>();
    for (int i = 0; i < mask.pixels() && distinct.size() <= 2; i++) {
      distinct.add(mask.colour(i));
    }
    return distinct;
  }

  @Override
  public String toString() {
    return text;
  }
}
