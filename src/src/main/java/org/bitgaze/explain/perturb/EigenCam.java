package org.bitgaze.explain.perturb;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.bitgaze.image.Heatmap;

/**
 * Projects the activations on their first principal component (Muhammad and Yeasin 2020): R has a
 * row for each position and a column for each channel, without the channel's mean; the map is R v,
 * where v is the first right singular vector of R. It explains no class. The sign of v is
 * arbitrary: the map grows with the mean magnitude of the activations.
 */
record EigenCam() implements ForwardMethod {

  @Override
  public Heatmap map(ExplainedInput input) {
    return map(input.network().target(input.input()).activations());
  }

  static Heatmap map(Activations a) {
    double[][] rows = centred(a);
    double[] map = a.positions() <= a.channels() ? byPositions(rows) : byChannels(rows);
    float[] signed = new float[map.length];
    double sign = isTurned(a, map) ? -1 : 1;
    for (int i = 0; i < signed.length; i++) {
      // Not -0: a zero map is 0.
      signed[i] = (float) (sign * map[i] + 0.);
    }
    return new Heatmap(a.height(), a.width(), signed);
  }

  /** R. */
  private static double[][] centred(Activations a) {
    double[][] rows = new double[a.positions()][a.channels()];
    for (int k = 0; k < a.channels(); k++) {
      double mean = 0;
      for (int i = 0; i < rows.length; i++) {
        rows[i][k] = a.values()[k * rows.length + i];
        mean += rows[i][k] / rows.length;
      }
      for (double[] row : rows) {
        row[k] -= mean;
      }
    }
    return rows;
  }

  /** sqrt(lambda) u, by the first eigenvector u of R R^T. */
  private static double[] byPositions(double[][] rows) {
    double[][] products = new double[rows.length][rows.length];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j <= i; j++) {
        products[i][j] = dot(rows[i], rows[j]);
        products[j][i] = products[i][j];
      }
    }
    Eigen first = Eigen.first(products);
    double[] map = first.vector;
    for (int i = 0; i < map.length; i++) {
      map[i] *= Math.sqrt(Math.max(0, first.value));
    }
    return map;
  }

  /** R v, by the first eigenvector v of R^T R. */
  private static double[] byChannels(double[][] rows) {
    int channels = rows[0].length;
    double[][] products = new double[channels][channels];
    for (double[] row : rows) {
      for (int j = 0; j < channels; j++) {
        for (int k = 0; k < channels; k++) {
          products[j][k] += row[j] * row[k];
        }
      }
    }
    double[] v = Eigen.first(products).vector;
    double[] map = new double[rows.length];
    for (int i = 0; i < map.length; i++) {
      map[i] = dot(rows[i], v);
    }
    return map;
  }

  private record Eigen(double value, double[] vector) {
    static Eigen first(double[][] symmetric) {
      double trace = 0;
      for (int i = 0; i < symmetric.length; i++) {
        trace += symmetric[i][i];
      }
      if (!(trace > 0) || Double.isInfinite(trace)) {
        // No variance: a zero map. What is not finite stays so.
        double nothing = trace == 0 ? 0 : Double.NaN;
        double[] vector = new double[symmetric.length];
        Arrays.fill(vector, nothing);
        return new Eigen(nothing, vector);
      }
      // Eigenvalues come in descending order.
      EigenDecomposition all = new EigenDecomposition(new Array2DRowRealMatrix(symmetric, false));
      return new Eigen(all.getRealEigenvalue(0), all.getEigenvector(0).toArray());
    }
  }

  /** Whether the map falls where the mean magnitude of the activations grows. */
  private static boolean isTurned(Activations a, double[] map) {
    double[] magnitude = new double[map.length];
    double mean = 0;
    for (int i = 0; i < map.length; i++) {
      for (int k = 0; k < a.channels(); k++) {
        magnitude[i] += Math.abs(a.values()[k * map.length + i]);
      }
      magnitude[i] /= a.channels();
      mean += magnitude[i] / map.length;
    }
    double sum = 0;
    int largest = 0;
    for (int i = 0; i < map.length; i++) {
      sum += (magnitude[i] - mean) * map[i];
      largest = Math.abs(map[i]) > Math.abs(map[largest]) ? i : largest;
    }
    return sum == 0 ? map[largest] < 0 : sum < 0;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
