package org.bitgaze.program;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.graph.FoldBatchNorm;
import org.bitgaze.graph.Network;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;

/**
 * A compiled program that observes the ranges of activations in the unquantized network; any number
 * of threads may run it. Its forward takes {@code images} (uint8, N x height x width x 3, RGB) and
 * returns minima and maxima (float32, N x points x 2).
 */
public final class ObserverProgram implements AutoCloseable {
  private final Model program;
  private final List<String> points;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param points what it returned
   * @throws IOException if it cannot be read
   */
  public ObserverProgram(Path file, List<String> points) throws IOException {
    this.program = TorchEngine.load(file);
    this.points = List.copyOf(points);
  }

  /**
   * Compiles a program.
   *
   * @param model an open model
   * @param file where to write the archive
   * @return the names of the quantization points, in the order of the result
   * @throws IOException if a weight cannot be read or the file not written
   */
  public static List<String> compile(OpenModel model, Path file) throws IOException {
    Network observed = Quantization.observe(model.network().apply(new FoldBatchNorm()));
    ProgramText text =
        ProgramText.ofAttributes(observed.graph(), model.preprocessing().framing().side());
    text.normalizeImages(model.preprocessing().normalization());
    text.add("torch.set_grad_enabled(False)");
    text.write(observed.graph().names(), true);
    text.add("return torch.stack([" + String.join(", ", text.exposed().values()) + "], 1)");
    TorchScriptArchive.write(file, text, observed.weights(), "images: Tensor) -> Tensor");
    return List.copyOf(text.exposed().keySet());
  }

  /**
   * Observes a batch of images.
   *
   * @param images at least one, all of one size
   * @return for each image, quantization point to the extremes of its activation
   * @throws IllegalArgumentException if the images differ in size
   */
  public List<Map<String, Range>> run(List<RgbImage> images) {
    try (NDManager manager = program.getNDManager().newSubManager()) {
      NDList outputs = TorchEngine.run(program, new NDList(Batches.toArray(manager, images)), 1);
      float[] extremes = outputs.get(0).toFloatArray();
      List<Map<String, Range>> result = new ArrayList<>();
      int next = 0;
      for (int i = 0; i < images.size(); i++) {
        Map<String, Range> ranges = new LinkedHashMap<>();
        for (String point : points) {
          ranges.put(point, new Range(extremes[next], extremes[next + 1]));
          next += 2;
        }
        result.add(ranges);
      }
      return result;
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
