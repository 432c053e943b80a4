package org.bitgaze.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Histogram;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A compiled program that counts the values of activations in the unquantized network; any number
 * of threads may run it at once. Its forward takes {@code images} (uint8, N x height x width x 3,
 * RGB), {@code spans} (float64, points x 2: the lower end of the first bin, bins per unit) and, if
 * dropout is active, {@code streams} (int64, N x layers, see {@link DropoutStreams}), and returns
 * counts (int64, points x 2049, see {@link Histogram#add(long[])}).
 */
public final class HistogramProgram extends ImageProgram {
  /** Names of the quantization points, in the order of the result. */
  private final List<String> points;

  private final DropoutStreams streams;

  private HistogramProgram(ExposedPoints exposed) {
    super(exposed.module());
    points = exposed.points();
    streams = exposed.streams();
  }

  /**
   * Holds a program of this JVM, which is compiled if it is not there yet.
   *
   * @param model the network
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static ProgramCache.Lease<HistogramProgram> lease(Model model) throws IOException {
    return ProgramCache.lease(
        HistogramProgram.class,
        model,
        () -> {
          try (OpenModel open = model.open()) {
            return of(open);
          }
        });
  }

  /**
   * Compiles a program for this JVM; its weights are not written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @return the program
   * @throws IOException if a weight cannot be read
   */
  public static HistogramProgram of(OpenModel model) throws IOException {
    Execution execution = model.execution();
    Network counted =
        Quantization.count(model.network().apply(execution.mode()), execution.scheme());
    return new HistogramProgram(
        ExposedPoints.of(model, counted, "images: Tensor, spans: Tensor", 0));
  }

  /**
   * Counts the values of one image.
   *
   * @param image the image
   * @param key the image's path below the root, which decides what {@link Precision#F32} drops;
   *     ignored by a program that draws no random numbers
   * @param extremes quantization point to the extremes between which values are counted; a value
   *     beyond them is in the first or last bin
   * @return quantization point to its values
   * @throws IllegalArgumentException if a point has no extremes
   */
  public Map<String, Histogram> run(RgbImage image, String key, Map<String, Range> extremes) {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    for (String point : points) {
      Range range = extremes.get(point);
      if (range == null) {
        throw new IllegalArgumentException("no extremes were observed for '" + point + "'");
      }
      histograms.put(point, new Histogram(range));
    }
    double[] spans =
        histograms.values().stream()
            .flatMapToDouble(h -> Arrays.stream(new double[] {h.low(), h.binsPerUnit()}))
            .toArray();
    return run(
        List.of(image),
        arguments -> {
          NDArray rows = arguments.getManager().create(spans, new Shape(points.size(), 2));
          arguments.add(rows);
          streams.addTo(arguments, List.of(RandomKey.of(key, Precision.F32)), 1);
        },
        1,
        results -> counted(histograms, results.get(0).toLongArray()));
  }

  private Map<String, Histogram> counted(Map<String, Histogram> histograms, long[] counts) {
    int size = Histogram.BINS + 1;
    int next = 0;
    for (Histogram histogram : histograms.values()) {
      histogram.add(Arrays.copyOfRange(counts, next, next + size));
      next += size;
    }
    return histograms;
  }
}
