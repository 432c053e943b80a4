package org.bitgaze.program;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.graph.FoldBatchNorm;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.graph.TargetLayer;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.quant.AbsorbClamping;
import org.bitgaze.quant.Quantization;

/**
 * A compiled program that explains images; any number of threads may run it at once. Its forward
 * takes {@code images} (uint8, N x height x width x 3, RGB) and {@code target} (int64, N: the class
 * to explain, or -1 for the network's own top-1) and returns the maps (float32, N x h x w, not
 * negative, not scaled), the logits (float32, N x classes) and the explained classes (int64, N).
 */
public final class CamProgram implements AutoCloseable {
  /** Explain the class that the network itself finds most likely. */
  public static final int OWN_CLASS = -1;

  private static final String SIGNATURE =
      "images: Tensor,\n    target: Tensor) -> Tuple[Tensor, Tensor, Tensor]";

  private final Model program;

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @throws IOException if it cannot be read
   */
  public CamProgram(Path file) throws IOException {
    program = TorchEngine.load(file);
  }

  /**
   * Compiles a program.
   *
   * @param model an open model
   * @param quantization what to do with weights and activations
   * @param method how the target layer's activations are weighed
   * @param file where to write the archive
   * @throws IOException if a weight cannot be read or the file not written
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  public static void compile(
      OpenModel model, Quantization quantization, CamMethod method, Path file) throws IOException {
    int side = model.preprocessing().framing().side();
    String layer = TargetLayer.resolve(model.network().graph(), model.targetLayer(), side);
    Network compiled = quantization.apply(model.network().apply(new FoldBatchNorm()));
    Set<String> head = compiled.graph().names();
    head.removeAll(compiled.graph().ancestors(compiled.rewritten().locate(layer)));
    compiled = compiled.apply(new AbsorbClamping(head));
    Graph graph = compiled.graph();
    String target = compiled.rewritten().locate(layer);

    ProgramText text = ProgramText.ofAttributes(graph, side);
    text.normalizeImages(model.preprocessing().normalization());
    text.add("torch.set_grad_enabled(False)");
    text.write(graph.ancestors(target), true);
    text.add("torch.set_grad_enabled(True)");
    text.add("a = torch.requires_grad_(torch.detach(" + text.variable(target) + "), True)");
    text.bind(target, "a");
    text.write(head, false);
    text.add("logits = " + text.variable(graph.output().name()));
    text.add("top = torch.argmax(logits, 1, False)");
    text.add("explained = torch.where(torch.lt(target, 0), top, target)");
    text.add("scores = torch.gather(logits, 1, torch.unsqueeze(explained, 1))");
    text.add("gradients = torch.grad([torch.sum(scores)], [a], None, None, False, False)");
    text.add("g = unchecked_cast(Tensor, gradients[0])");
    text.add("torch.set_grad_enabled(False)");
    method.statements().lines().forEach(text::add);
    text.add("cam = torch.relu(torch.sum(weighted, [1], False))");
    text.add("return (torch.contiguous(cam), torch.detach(logits), explained)");
    TorchScriptArchive.write(file, text, compiled.weights(), SIGNATURE);
  }

  /**
   * Explains a batch of images.
   *
   * @param images at least one, all of one size
   * @param targets the class to explain of each image, or {@link #OWN_CLASS}
   * @return one explanation per image, in order
   * @throws IllegalArgumentException if the images differ in size, or there is not one target each
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
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
   * @throws IllegalArgumentException if the images differ in size, or there is not one target each
   * @throws ai.djl.engine.EngineException if libtorch refuses the images or a target
   */
  public List<Explanation> run(List<RgbImage> images, int[] targets, int threads) {
    if (targets.length != images.size()) {
      throw new IllegalArgumentException(
          targets.length + " targets for " + images.size() + " images");
    }
    for (int target : targets) {
      if (target < OWN_CLASS) {
        throw new IllegalArgumentException(target + " is no class");
      }
    }
    try (NDManager manager = program.getNDManager().newSubManager()) {
      long[] wide = Arrays.stream(targets).asLongStream().toArray();
      NDList inputs = new NDList(Batches.toArray(manager, images), manager.create(wide));
      NDList outputs = TorchEngine.run(program, inputs, threads);
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
    program.close();
  }

  private static float[] slice(float[] all, int index, int size) {
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }
}
