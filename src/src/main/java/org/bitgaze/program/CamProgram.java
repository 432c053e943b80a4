package org.bitgaze.program;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;

/** A compiled program that explains images; any number of threads may run it at once. */
public final class CamProgram implements AutoCloseable {
  /** Explain the class that the network itself finds most likely. */
  public static final int OWN_CLASS = -1;

  private final Model model;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link ProgramCompiler#compileCam} wrote
   * @throws IOException if it cannot be read
   */
  public CamProgram(Path file) throws IOException {
    model = TorchEngine.load(file);
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link #OWN_CLASS}
   * @return one explanation per image, in order
   */
  public List<Explanation> run(List<RgbImage> images, int[] targets) {
    return run(images, targets, 1);
  }

  /**
   * Explains a batch of images with several threads inside libtorch.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link #OWN_CLASS}
   * @param threads threads for this call
   * @return one explanation per image, in order
   */
  public List<Explanation> run(List<RgbImage> images, int[] targets, int threads) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      long[] wide = new long[targets.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = targets[i];
      }
      NDList inputs = new NDList(Batches.toArray(manager, images), manager.create(wide));
      NDList outputs = TorchEngine.run(model, inputs, threads);
      NDArray cams = outputs.get(0);
      int height = (int) cams.getShape().get(1);
      int width = (int) cams.getShape().get(2);
      float[] maps = cams.toFloatArray();
      float[] logits = outputs.get(1).toFloatArray();
      long[] explained = outputs.get(2).toLongArray();
      int classes = logits.length / images.size();
      List<Explanation> result = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        result.add(
            new Explanation(
                new Heatmap(height, width, slice(maps, i, height * width)),
                slice(logits, i, classes),
                (int) explained[i]));
      }
      return result;
    }
  }

  @Override
  public void close() {
    model.close();
  }

  private static float[] slice(float[] all, int index, int size) {
    float[] one = new float[size];
    System.arraycopy(all, index * size, one, 0, size);
    return one;
  }
}
