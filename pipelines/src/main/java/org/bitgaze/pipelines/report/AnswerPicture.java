package org.bitgaze.pipelines.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import javax.imageio.ImageIO;
import org.bitgaze.pipelines.output.AnswerView;
import org.bitgaze.pipelines.output.MapImage;

/**
 * Draws boxes and the outlines of class maps on what a network saw, and writes answers in words.
 */
final class AnswerPicture {
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

  private AnswerPicture() {}

  /** Whether there is something to draw. */
  static boolean draws(AnswerView answer) {
    return !answer.boxes().isEmpty() || answer.classes() != null;
  }

  /** Draws an answer on a JPEG file, and returns another one. */
  static byte[] draw(byte[] jpeg, AnswerView answer) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    float line = Math.max(1.5f, Math.max(image.getWidth(), image.getHeight()) / 130f);
    for (int i = 0; i < answer.boxes().size(); i++) {
      double[] b = answer.boxes().get(i);
      Rectangle2D box =
          new Rectangle2D.Double(
              b[0] * image.getWidth(),
              b[1] * image.getHeight(),
              (b[2] - b[0]) * image.getWidth(),
              (b[3] - b[1]) * image.getHeight());
      graphics.setColor(Color.BLACK);
      graphics.setStroke(new BasicStroke(2 * line));
      graphics.draw(box);
      graphics.setColor(colour(answer.found().get(i).index()));
      graphics.setStroke(new BasicStroke(line));
      graphics.draw(box);
    }
    graphics.dispose();
    if (answer.classes() != null) {
      outline(image, answer.classes(), Math.round(line));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "jpg", out)) {
      throw new IOException("this JVM cannot write JPEG");
    }
    return out.toByteArray();
  }

  private static Color colour(int index) {
    return COLOURS.get(Math.floorMod(index, COLOURS.size()));
  }

  /** Paints pixels near which another class begins. */
  private static void outline(BufferedImage image, MapImage classes, int reach) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
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
  }

  private static int at(MapImage classes, BufferedImage image, int x, int y) {
    int column = Math.max(0, Math.min(image.getWidth() - 1, x));
    int row = Math.max(0, Math.min(image.getHeight() - 1, y));
    int i = row * classes.height() / image.getHeight();
    int j = column * classes.width() / image.getWidth();
    return classes.values()[i * classes.width() + j] & 0xff;
  }

  /** Writes an answer in a few words. */
  static String words(AnswerView answer, IntFunction<String> names) {
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
