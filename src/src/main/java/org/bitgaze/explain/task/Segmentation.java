package org.bitgaze.explain.task;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.image.Rectangle;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.StandardMeasure;

/**
 * One class per output pixel, by the largest logit; of a single channel, class 1 where its logit is
 * larger than 0. A map explains the dominant class: S is the sum of its logits over the pixels that
 * have it. Pixels that show padding do not count.
 *
 * @param channels number of logits per pixel
 * @param height of the output in pixels
 * @param width of the output in pixels
 * @param channelsLast whether the outputs are (height, width, channels), not (channels, height,
 *     width)
 */
public record Segmentation(int channels, int height, int width, boolean channelsLast)
    implements Objective {
  private static final long serialVersionUID = 1L;

  private static final int MAX_CLASSES = LabelImage.IGNORED;

  /**
   * Checks the number of classes.
   *
   * @throws IllegalArgumentException if there are more than 255
   */
  public Segmentation {
    if (channels > MAX_CLASSES) {
      throw new IllegalArgumentException(
          "segmentation into " + channels + " classes; at most " + MAX_CLASSES + " are supported");
    }
  }

  @Override
  public String id() {
    return Task.SEGMENTATION.id();
  }

  @Override
  public String description() {
    return "%s (%d x %d pixels, %d classes)"
        .formatted(Task.SEGMENTATION.description(), height, width, classes());
  }

  @Override
  public boolean sameOutputs(Objective other) {
    return other instanceof Segmentation that
        && that.channels == channels
        && that.height == height
        && that.width == width;
  }

  @Override
  public int classes() {
    return Math.max(2, channels);
  }

  private int index(int channel, int row, int column) {
    return channelsLast
        ? (row * width + column) * channels + channel
        : (channel * height + row) * width + column;
  }

  @Override
  public ClassMap answer(float[] outputs, Grid grid) {
    Rectangle seen = grid.cells(height, width);
    byte[] classes = new byte[seen.area()];
    for (int i = 0; i < classes.length; i++) {
      int row = seen.top() + i / seen.width();
      int column = seen.left() + i % seen.width();
      classes[i] = (byte) classOf(outputs, row, column);
    }
    return ClassMap.of(seen, classes, classes());
  }

  private int classOf(float[] outputs, int row, int column) {
    if (channels == 1) {
      return outputs[index(0, row, column)] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int c = 1; c < channels; c++) {
      best = outputs[index(c, row, column)] > outputs[index(best, row, column)] ? c : best;
    }
    return best;
  }

  @Override
  public OptionalInt scores() {
    return OptionalInt.of(channels * height * width);
  }

  @Override
  public Optional<float[]> weights(int outputs, Answer explained) {
    ClassMap map = (ClassMap) explained;
    int dominant = map.mainClass();
    float[] weights = new float[outputs];
    int[] pixels = dominant(map);
    for (int i : pixels) {
      weights[index(channels == 1 ? 0 : dominant, map.row(i), map.column(i))] =
          channels == 1 && dominant == 0 ? -1 : 1;
    }
    return pixels.length > 0 ? Optional.of(weights) : Optional.empty();
  }

  /** The indices of a map's pixels that have the dominant class. */
  private static int[] dominant(ClassMap map) {
    return IntStream.range(0, map.classes().length)
        .filter(i -> (map.classes()[i] & 0xff) == map.mainClass())
        .toArray();
  }

  /** The mean over the explained pixels, by the softmax over a pixel's classes. */
  @Override
  public double probability(float[] outputs, Answer explained) {
    ClassMap map = (ClassMap) explained;
    double sum = 0;
    int[] pixels = dominant(map);
    for (int i : pixels) {
      sum += probability(outputs, map.mainClass(), map.row(i), map.column(i));
    }
    return sum / pixels.length;
  }

  private double probability(float[] outputs, int of, int row, int column) {
    if (channels == 1) {
      float logit = outputs[index(0, row, column)];
      return Binary.sigmoid(of == 1 ? logit : -logit);
    }
    float[] logits = new float[channels];
    for (int c = 0; c < channels; c++) {
      logits[c] = outputs[index(c, row, column)];
    }
    return Classification.probability(logits, of);
  }

  @Override
  public String nothing() {
    return "no output pixel shows the picture";
  }

  @Override
  public Agreement agreement(Answer answer, Answer reference) {
    ClassMap a = (ClassMap) answer;
    ClassMap b = (ClassMap) reference;
    if (!a.pixels().equals(b.pixels())) {
      throw new IllegalArgumentException(
          "class maps differ in size: " + a.pixels() + " and " + b.pixels());
    }
    Overlap overlap = new Overlap(classes());
    for (int i = 0; i < a.classes().length; i++) {
      overlap.add(a.classes()[i] & 0xff, b.classes()[i] & 0xff);
    }
    boolean same = a.mainClass() == b.mainClass();
    return new Agreement(Optional.of(same), overlap.values());
  }

  @Override
  public Agreement agreement(Answer answer, Truth truth, Grid grid) {
    if (!(truth instanceof LabelImage label)) {
      throw new IllegalArgumentException(
          "labels of segmentation are images of class ids, not " + truth.getClass());
    }
    ClassMap map = (ClassMap) answer;
    Rectangle at = grid.picture();
    Overlap overlap = new Overlap(LabelImage.IGNORED + 1);
    for (int i = 0; i < map.classes().length; i++) {
      int row = map.row(i);
      int column = map.column(i);
      int y = labelPixel(row, height, grid.inputHeight(), at.top(), at.height(), label.height());
      int x = labelPixel(column, width, grid.inputWidth(), at.left(), at.width(), label.width());
      boolean inside = y >= 0 && y < label.height() && x >= 0 && x < label.width();
      if (inside && label.at(y, x) != LabelImage.IGNORED) {
        overlap.add(map.classes()[i] & 0xff, label.at(y, x));
      }
    }
    return new Agreement(Optional.empty(), overlap.values());
  }

  /** The pixel of the label at the centre of an output pixel. */
  private static int labelPixel(
      int cell, int cells, int input, int start, int length, int labelSize) {
    long numerator = ((2L * cell + 1) * input - 2L * cells * start) * labelSize;
    return Math.toIntExact(Math.floorDiv(numerator, 2L * cells * length));
  }

  @Override
  public boolean hasLabels() {
    return false;
  }

  @Override
  public Set<Measure> measures() {
    return Set.of(StandardMeasure.MIOU);
  }

  /** Counts pixels by class, in two class maps. */
  private static final class Overlap {
    private final long[] both;
    private final long[] first;
    private final long[] second;

    Overlap(int classes) {
      both = new long[classes];
      first = new long[classes];
      second = new long[classes];
    }

    void add(int a, int b) {
      first[a]++;
      second[b]++;
      both[a] += a == b ? 1 : 0;
    }

    /** Mean over the classes in either map of intersection / union; nothing without pixels. */
    Map<String, Double> values() {
      double sum = 0;
      int classes = 0;
      for (int c = 0; c < both.length; c++) {
        long union = first[c] + second[c] - both[c];
        if (union > 0) {
          sum += (double) both[c] / union;
          classes++;
        }
      }
      return classes == 0 ? Map.of() : Map.of(StandardMeasure.MIOU.id(), sum / classes);
    }
  }
}
