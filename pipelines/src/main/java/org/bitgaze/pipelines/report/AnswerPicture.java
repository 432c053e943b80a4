package org.bitgaze.pipelines.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import javax.imageio.ImageIO;
import org.bitgaze.pipelines.output.AnswerView;
import org.bitgaze.pipelines.output.MapImage;

/**
 * Draws boxes and the outlines of class maps, to be laid over what a network saw and its map, and
 * writes answers in words.
 */
public final class AnswerPicture {
  /** Okabe and Ito's colours, which most people can tell apart. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0xE69F00),
          new Color(0x56B4E9),
          new Color(0xF0E442),
          new Color(0xCC79A7),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0x0072B2));

  private static final int WORDS = 3;

  /** Longer side of the picture of a class map, in pixels. */
  private static final int SIDE = 224;

  private AnswerPicture() {}

  /**
   * Draws an answer on nothing.
   *
   * @param answer the answer
   * @return a picture of the network's whole input, as a data URI; nothing if the answer has
   *     neither boxes nor a class map
   */
  public static Optional<String> of(AnswerView answer) {
    if (answer.classes() != null) {
      return Optional.of(outlines(answer.classes()));
    }
    return answer.boxes().isEmpty() ? Optional.empty() : Optional.of(boxes(answer));
  }

  /** Lines keep their width, however large the picture is shown. */
  private static String boxes(AnswerView answer) {
    StringBuilder svg =
        new StringBuilder(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' preserveAspectRatio='none'"
                + " fill='none'>");
    for (int i = 0; i < answer.boxes().size(); i++) {
      String colour = colourOf(answer.found().get(i).index());
      for (String stroke :
          List.of(
              "stroke='#000' stroke-width='3.5'", "stroke='" + colour + "' stroke-width='1.75'")) {
        double[] b = answer.boxes().get(i);
        svg.append(
            String.format(
                Locale.ROOT,
                "<rect x='%.4f' y='%.4f' width='%.4f' height='%.4f' %s"
                    + " vector-effect='non-scaling-stroke'/>",
                b[0],
                b[1],
                Math.max(0, b[2] - b[0]),
                Math.max(0, b[3] - b[1]),
                stroke));
      }
    }
    byte[] text = svg.append("</svg>").toString().getBytes(StandardCharsets.UTF_8);
    return "data:image/svg+xml;base64," + Base64.getEncoder().encodeToString(text);
  }

  /**
   * Returns the colour of a class.
   *
   * @param index the class
   * @return such as {@code #E69F00}
   */
  public static String colourOf(int index) {
    return String.format("#%06X", colour(index).getRGB() & 0xffffff);
  }

  private static Color colour(int index) {
    return COLOURS.get(Math.floorMod(index, COLOURS.size()));
  }

  /** Paints pixels near which another class begins. */
  private static String outlines(MapImage classes) {
    int longer = Math.max(classes.height(), classes.width());
    int height = Math.max(1, SIDE * classes.height() / longer);
    int width = Math.max(1, SIDE * classes.width() / longer);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    int reach = 2;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int own = at(classes, image, x, y);
        boolean edge =
            own != at(classes, image, x + reach, y)
                || own != at(classes, image, x - reach, y)
                || own != at(classes, image, x, y + reach)
                || own != at(classes, image, x, y - reach);
        if (own > 0 && own < 255 && edge) {
          image.setRGB(x, y, colour(own - 1).getRGB());
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
  }

  private static int at(MapImage classes, BufferedImage image, int x, int y) {
    int column = Math.max(0, Math.min(image.getWidth() - 1, x));
    int row = Math.max(0, Math.min(image.getHeight() - 1, y));
    int i = row * classes.height() / image.getHeight();
    int j = column * classes.width() / image.getWidth();
    return classes.values()[i * classes.width() + j] & 0xff;
  }

  /**
   * Writes an answer in a few words.
   *
   * @param answer the answer
   * @param names the name of a class
   * @return such as {@code cat 0.98, dog 0.51 and 2 more}
   */
  public static String words(AnswerView answer, IntFunction<String> names) {
    List<AnswerView.Found> found = answer.found();
    if (answer.task().equals("binary")) {
      return String.format(
          Locale.ROOT, "%s %.2f", found.get(0).index() == 1 ? "yes" : "no", found.get(0).number());
    }
    if (found.isEmpty()) {
      return "nothing found";
    }
    StringBuilder words = new StringBuilder();
    for (AnswerView.Found one : found.subList(0, Math.min(WORDS, found.size()))) {
      words.append(words.isEmpty() ? "" : ", ").append(names.apply(one.index()));
      if (answer.classes() != null) {
        words.append(String.format(Locale.ROOT, " %.1f %%", 100 * one.number()));
      } else if (!answer.boxes().isEmpty()) {
        words.append(String.format(Locale.ROOT, " %.2f", one.number()));
      }
    }
    return found.size() > WORDS ? words + " and " + (found.size() - WORDS) + " more" : words + "";
  }
}
