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
import org.bitgaze.image.RgbImage;
import org.bitgaze.quant.Range;

/** A compiled program that observes ranges of activations; any number of threads may run it. */
public final class ObserverProgram implements AutoCloseable {
  private final Model model;
  private final List<String> points;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link ProgramCompiler#compileObserver} wrote
   * @param points what it returned
   * @throws IOException if it cannot be read
   */
  public ObserverProgram(Path file, List<String> points) throws IOException {
    this.model = TorchEngine.load(file);
    this.points = List.copyOf(points);
  }

  /**
   * Observes a batch of images.
   *
   * @param images at least one, all of one size
   * @return for each image, quantization point to the extremes of its activation
   */
  public List<Map<String, Range>> run(List<RgbImage> images) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      NDList inputs = new NDList(Batches.toArray(manager, images));
      NDList outputs = TorchEngine.run(model, inputs, 1);
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
    model.close();
  }
}
