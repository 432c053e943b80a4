package org.bitgaze.ort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.perturb.Activations;
import org.bitgaze.explain.perturb.TargetState;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.Grid;
import org.bitgaze.model.Model;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.OnnxException;

/**
 * What a file gives for an input of zeros, found before a job begins.
 *
 * @param classes the number of classes
 * @param size height and width of the target layer; empty if the map method does not need it
 */
public record OrtTrial(int classes, Optional<Size> size) {

  /**
   * Runs a file once.
   *
   * @param model an ONNX file
   * @param method what will be computed of it
   * @return what it gives
   * @throws OnnxException if ONNX Runtime refuses the file, its outputs do not fit its task, or the
   *     target layer does not fit the method
   * @throws IOException if the file cannot be read
   */
  public static OrtTrial of(Model model, MapMethod method) throws IOException {
    boolean needsTarget = method.need() == MapMethod.Need.ACTIVATIONS;
    String target = needsTarget ? model.info().targetLayer() : "";
    Preprocessing preprocessing = model.preprocessing();
    try (OrtNetwork network = OrtNetwork.read(model, preprocessing, target)) {
      float[] zeros = new float[3 * network.size().height() * network.size().width()];
      float[] outputs = network.outputs(List.of(zeros)).get(0);
      int classes = classes(model, preprocessing, outputs);
      return new OrtTrial(
          classes, needsTarget ? Optional.of(size(network, zeros, method)) : Optional.empty());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (UnsupportedOperationException | IllegalStateException e) {
      throw new OnnxException(e.getMessage(), e);
    }
  }

  private static int classes(Model model, Preprocessing preprocessing, float[] outputs)
      throws IOException {
    Objective objective = model.info().objective();
    if (!objective.isClassification()) {
      requireAnswer(model, objective, preprocessing, outputs);
      return objective.classes();
    }
    if (outputs.length < 2) {
      throw new OnnxException(
          model.location()
              + ": its output has "
              + outputs.length
              + " number; scores of classes are expected",
          null);
    }
    return outputs.length;
  }

  private static void requireAnswer(
      Model model, Objective objective, Preprocessing preprocessing, float[] outputs)
      throws OnnxException {
    try {
      objective.answer(outputs, Grid.of(preprocessing.framing(), Optional.empty()));
    } catch (IllegalArgumentException e) {
      throw new OnnxException(model.location() + ": " + e.getMessage(), e);
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
