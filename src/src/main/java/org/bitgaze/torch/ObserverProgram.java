package org.bitgaze.torch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * A compiled program that observes the ranges of activations in the unquantized network; any number
 * of threads may run it at once. Its forward takes {@code images} (uint8, N x height x width x 3,
 * RGB) and, if dropout is active, {@code streams} (int64, N x layers, see {@link DropoutStreams}),
 * and returns minima and maxima (float32, N x points x 2).
 */
public final class ObserverProgram extends ImageProgram {
  /** Names of the quantization points, in the order of the result. */
  private final List<String> points;

  private final DropoutStreams streams;

  private ObserverProgram(ExposedPoints exposed) {
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
  public static ProgramCache.Lease<ObserverProgram> lease(Model model) throws IOException {
    return ProgramCache.lease(
        ObserverProgram.class,
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
  public static ObserverProgram of(OpenModel model) throws IOException {
    Execution execution = model.execution();
    Network observed =
        Quantization.observe(model.network().apply(execution.mode()), execution.scheme());
    return new ObserverProgram(ExposedPoints.of(model, observed, "images: Tensor", 1));
  }

  /**
   * Observes a batch of images with a program that draws no random numbers.
   *
   * @param images at least one, all of one size
   * @return for each image, quantization point to the extremes of its activation
   * @throws IllegalArgumentException if the images differ in size
   */
  public List<Map<String, Range>> run(List<RgbImage> images) {
    return run(images, List.of());
  }

  /**
   * Observes a batch of images.
   *
   * @param images at least one, all of one size
   * @param keys the images' paths below the root, which decide what {@link Precision#F32} drops;
   *     ignored by a program that draws no random numbers
   * @return for each image, quantization point to the extremes of its activation
   * @throws IllegalArgumentException if the images differ in size, or there is not one key per
   *     image although the program draws
   */
  public List<Map<String, Range>> run(List<RgbImage> images, List<String> keys) {
    List<RandomKey> random = keys.stream().map(key -> RandomKey.of(key, Precision.F32)).toList();
    return run(
        images,
        arguments -> streams.addTo(arguments, random, images.size()),
        1,
        results -> ranges(results.get(0).toFloatArray(), images.size()));
  }

  private List<Map<String, Range>> ranges(float[] extremes, int images) {
    List<Map<String, Range>> all = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < images; i++) {
      Map<String, Range> ranges = new LinkedHashMap<>();
      for (String point : points) {
        ranges.put(point, new Range(extremes[next], extremes[next + 1]));
        next += 2;
      }
      all.add(ranges);
    }
    return all;
  }
}
