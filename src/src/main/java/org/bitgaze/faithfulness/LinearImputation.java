package org.bitgaze.faithfulness;

import java.util.Arrays;

/**
 * Fills removed pixels so that each one is the weighted mean of its neighbours (Rong et al. 2022):
 * direct neighbours weigh 1/6, diagonal ones 1/12, those outside the picture are left out.
 *
 * <p>The linear system is symmetric and positive definite. It is solved by conjugate gradients with
 * the diagonal as preconditioner, from 0, until the residual's norm is 1e-6 of the right-hand
 * side's. Arrays have a border of one pixel, in which all values stay 0.
 */
final class LinearImputation {
  private static final double TOLERANCE = 1e-6;
  private static final double DIRECT = 1.0 / 6;
  private static final double DIAGONAL = 1.0 / 12;

  private final int height;
  private final int width;
  private final int stride;

  /** Begin and end of each run of removed pixels within a row, one after the other. */
  private final int[] runs;

  /** Sum of the weights of a pixel's neighbours. */
  private final double[] diagonal;

  /**
   * Prepares to fill pixels.
   *
   * @param removed for each pixel, row by row, whether it is removed; at least one is not
   */
  LinearImputation(int height, int width, boolean[] removed) {
    this.height = height;
    this.width = width;
    this.stride = width + 2;
    this.runs = runs(removed);
    this.diagonal = new double[stride * (height + 2)];
    double[] inside = new double[diagonal.length];
    for (int y = 1; y <= height; y++) {
      Arrays.fill(inside, y * stride + 1, y * stride + 1 + width, 1);
    }
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        diagonal[i] = neighbours(inside, i);
      }
    }
  }

  private int[] runs(boolean[] removed) {
    int[] found = new int[2 * removed.length];
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (removed[y * width + x]) {
          int begin = x;
          while (x < width && removed[y * width + x]) {
            x++;
          }
          int row = (y + 1) * stride + 1;
          found[count++] = row + begin;
          found[count++] = row + x;
        }
      }
    }
    return Arrays.copyOf(found, count);
  }

  private double neighbours(double[] v, int i) {
    return DIRECT * (v[i - 1] + v[i + 1] + v[i - stride] + v[i + stride])
        + DIAGONAL
            * (v[i - stride - 1] + v[i - stride + 1] + v[i + stride - 1] + v[i + stride + 1]);
  }

  /**
   * Fills one channel.
   *
   * @param values where the channel lies
   * @param offset where it begins
   * @return the whole channel, row by row
   */
  double[] fill(float[] values, int offset) {
    double[] known = new double[diagonal.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        known[(y + 1) * stride + 1 + x] = values[offset + y * width + x];
      }
    }
    for (int run = 0; run < runs.length; run += 2) {
      Arrays.fill(known, runs[run], runs[run + 1], 0);
    }
    double[] solution = solve(known);
    double[] filled = new double[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = (y + 1) * stride + 1 + x;
        filled[y * width + x] = known[i] + solution[i];
      }
    }
    return filled;
  }

  private double[] solve(double[] known) {
    double[] solution = new double[known.length];
    double[] residual = new double[known.length];
    double[] direction = new double[known.length];
    double[] image = new double[known.length];
    double norm = 0;
    double product = 0;
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        residual[i] = neighbours(known, i);
        direction[i] = residual[i] / diagonal[i];
        norm += residual[i] * residual[i];
        product += residual[i] * direction[i];
      }
    }
    double enough = norm * TOLERANCE * TOLERANCE;
    // In exact arithmetic there are as many steps as unknowns at the most.
    for (int step = 0; step < known.length && norm > enough; step++) {
      double alpha = product / multiply(direction, image);
      norm = 0;
      double next = 0;
      for (int run = 0; run < runs.length; run += 2) {
        for (int i = runs[run]; i < runs[run + 1]; i++) {
          solution[i] += alpha * direction[i];
          residual[i] -= alpha * image[i];
          double square = residual[i] * residual[i];
          norm += square;
          next += square / diagonal[i];
        }
      }
      double beta = next / product;
      product = next;
      for (int run = 0; run < runs.length; run += 2) {
        for (int i = runs[run]; i < runs[run + 1]; i++) {
          direction[i] = residual[i] / diagonal[i] + beta * direction[i];
        }
      }
    }
    return solution;
  }

  /** Multiplies by the system's matrix, and returns the product of the result with its argument. */
  private double multiply(double[] v, double[] out) {
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        out[i] = diagonal[i] * v[i] - neighbours(v, i);
      }
    }
    double product = 0;
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        product += v[i] * out[i];
      }
    }
    return product;
  }
}
