package org.bitgaze.ort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.perturb.Activations;
import org.bitgaze.explain.perturb.TargetState;
import org.bitgaze.model.Model;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.file.OnnxException;

/**
 * What a file gives for an input of zeros, found before a job begins.
 *
 * @param classes the number of outputs
 * @param size height and width of the target layer; empty if the map method does not need it
 */
public record OrtTrial(int classes, Optional<Size> size) {

  /**
   * Runs a file once.
   *
   * @param model an ONNX file
   * @param method what will be computed of it
   * @return what it gives
   * @throws OnnxException if ONNX Runtime refuses the file, it is not a classifier's, or the target
   *     layer does not fit the method
   * @throws IOException if the file cannot be read
   */
  public static OrtTrial of(Model model, MapMethod method) throws IOException {
    boolean needsTarget = method.need() == MapMethod.Need.ACTIVATIONS;
    Path path = Path.of(model.location());
    InputDescription input = model.input().with(model.preprocessing());
    String target = needsTarget ? model.info().targetLayer() : "";
    Optional<TargetView> view = needsTarget ? model.info().targetView() : Optional.empty();
    try (OrtNetwork network =
        OrtNetwork.read(path, input, model.graphOptimizations(), target, view)) {
      float[] zeros = new float[3 * network.side() * network.side()];
      int classes = network.outputs(List.of(zeros)).get(0).length;
      if (classes < 2) {
        throw new OnnxException(
            path + ": its output has " + classes + " number; scores of classes are expected", null);
      }
      return new OrtTrial(
          classes, needsTarget ? Optional.of(size(network, zeros, method)) : Optional.empty());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (UnsupportedOperationException | IllegalStateException e) {
      throw new OnnxException(e.getMessage(), e);
    }
  }

  private static Size size(OrtNetwork network, float[] zeros, MapMethod method) {
    TargetState target = network.target(zeros);
    if (method == MapMethod.ABLATIONCAM) {
      target.outputsWithout(new int[] {-1});
    }
    Activations activations = target.activations();
    return new Size(activations.height(), activations.width());
  }
}
