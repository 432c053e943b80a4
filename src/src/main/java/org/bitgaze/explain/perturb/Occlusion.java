package org.bitgaze.explain.perturb;

import java.util.Arrays;
import java.util.List;
import org.bitgaze.image.Heatmap;

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
    int side = input.network().side();
    List<float[]> outputs =
        input.outputsOf(CELLS * CELLS, cell -> hidden(input.input(), side, cell));
    return outputs.stream().mapToDouble(o -> input.score() - o[input.explained()]).toArray();
  }

  private float[] hidden(float[] input, int side, int cell) {
    float[] hidden = input.clone();
    int left = edge(first(cell % CELLS), side);
    int right = edge(last(cell % CELLS), side);
    for (int channel = 0; channel < 3; channel++) {
      for (int y = edge(first(cell / CELLS), side); y < edge(last(cell / CELLS), side); y++) {
        int row = (channel * side + y) * side;
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
