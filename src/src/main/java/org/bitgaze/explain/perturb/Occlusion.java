package org.bitgaze.explain.perturb;

import java.util.Arrays;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;

/**
 * Hides patches (Zeiler and Fergus 2014). The image has 14 x 14 cells, and each cell a patch: the 3
 * x 3 cells around it, cut at the border, filled with the dataset's mean. D = S(x) - S(x filled).
 * The map is the mean D of the patches that cover a cell: 4, 6 or 9 of them.
 *
 * @param fill the dataset's mean in the network's own units, for each channel; 0 after
 *     normalization
 */
record Occlusion(float[] fill) implements ForwardMethod {
  static final int CELLS = 14;

  @Override
  public Heatmap map(ExplainedInput input) {
    double[] drops = drops(input);
    float[] map = new float[CELLS * CELLS];
    for (int cell = 0; cell < map.length; cell++) {
      int covering = 0;
      double sum = 0;
      for (int row = first(cell / CELLS); row < last(cell / CELLS); row++) {
        for (int column = first(cell % CELLS); column < last(cell % CELLS); column++) {
          sum += drops[row * CELLS + column];
          covering++;
        }
      }
      map[cell] = (float) (sum / covering);
    }
    return new Heatmap(CELLS, CELLS, map);
  }

  /** {@return D of each patch, row by row} */
  double[] drops(ExplainedInput input) {
    ImageSize size = input.network().size();
    double score = input.score();
    double[] hidden = input.scores(CELLS * CELLS, cell -> hidden(input.input(), size, cell));
    return Arrays.stream(hidden).map(without -> score - without).toArray();
  }

  private float[] hidden(float[] input, ImageSize size, int cell) {
    float[] hidden = input.clone();
    int left = edge(first(cell % CELLS), size.width());
    int right = edge(last(cell % CELLS), size.width());
    int top = edge(first(cell / CELLS), size.height());
    int bottom = edge(last(cell / CELLS), size.height());
    for (int channel = 0; channel < 3; channel++) {
      for (int y = top; y < bottom; y++) {
        int row = (channel * size.height() + y) * size.width();
        Arrays.fill(hidden, row + left, row + right, fill[channel]);
      }
    }
    return hidden;
  }

  /** The first row or column of cells within 1 of a cell. */
  private static int first(int cell) {
    return Math.max(cell - 1, 0);
  }

  /** The one after the last. */
  private static int last(int cell) {
    return Math.min(cell + 2, CELLS);
  }

  private static int edge(int cell, int side) {
    return cell * side / CELLS;
  }
}
