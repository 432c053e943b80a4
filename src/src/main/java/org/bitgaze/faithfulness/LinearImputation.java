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

  /** Sum of the weights of a removed pixel's neighbours; 0 elsewhere. */
  private final double[] diagonal;

  /** Its inverse, the preconditioner; 0 where no pixel is removed. */
  private final double[] inverse;

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
    this.inverse = new double[diagonal.length];
    double[] inside = new double[diagonal.length];
    for (int y = 1; y <= height; y++) {
      Arrays.fill(inside, y * stride + 1, y * stride + 1 + width, 1);
    }
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        diagonal[i] = neighbours(inside, i);
        inverse[i] = 1 / diagonal[i];
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
    double[] scaled = new double[known.length];
    double[] direction = new double[known.length];
    double[] image = new double[known.length];
    for (int run = 0; run < runs.length; run += 2) {
      for (int i = runs[run]; i < runs[run + 1]; i++) {
        residual[i] = neighbours(known, i);
        scaled[i] = residual[i] * inverse[i];
        direction[i] = scaled[i];
      }
    }
    double norm = product(residual, residual);
    double enough = norm * TOLERANCE * TOLERANCE;
    double before = product(residual, scaled);
    // In exact arithmetic there are at most as many steps as unknowns.
    for (int step = 0; step < known.length && norm > enough; step++) {
      for (int run = 0; run < runs.length; run += 2) {
        for (int i = runs[run]; i < runs[run + 1]; i++) {
          image[i] = diagonal[i] * direction[i] - neighbours(direction, i);
        }
      }
      double alpha = before / product(direction, image);
      for (int i = 0; i < known.length; i++) {
        solution[i] += alpha * direction[i];
        residual[i] -= alpha * image[i];
        scaled[i] = residual[i] * inverse[i];
      }
      norm = product(residual, residual);
      double next = product(residual, scaled);
      double beta = next / before;
      before = next;
      for (int i = 0; i < known.length; i++) {
        direction[i] = scaled[i] + beta * direction[i];
      }
    }
    return solution;
  }

  /** Sum of a b. Four sums grow side by side, so that an addition need not wait for another. */
  private static double product(double[] a, double[] b) {
    double s = 0;
    double t = 0;
    double u = 0;
    double v = 0;
    int i = 0;
    for (; i < a.length - 3; i += 4) {
      s += a[i] * b[i];
      t += a[i + 1] * b[i + 1];
      u += a[i + 2] * b[i + 2];
      v += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s += a[i] * b[i];
    }
    return s + t + (u + v);
  }
}
