package org.bitgaze.ort;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.perturb.ForwardExplainer;
import org.bitgaze.explain.perturb.ForwardNetwork;
import org.bitgaze.explain.perturb.Perturbations;
import org.bitgaze.explain.perturb.TargetState;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * Explains a file as ONNX Runtime runs it, by a method that needs no gradient.
 *
 * @param modelId id of the model whose maps these are; a candidate's maps are those of the model
 *     that it may replace
 * @param model an ONNX file
 * @param method the map method
 * @param preprocessing what is done to images
 * @param targetLayer the tensor that maps weigh; empty if the method needs none
 * @param label what the maps are called
 * @param perturbations the number of masks or channels; 0 for the method's default
 * @param batchSize images that are explained in one step; each is perturbed on its own
 */
public record OrtPrecision(
    String modelId,
    Model model,
    MapMethod method,
    Preprocessing preprocessing,
    String targetLayer,
    String label,
    int perturbations,
    int batchSize)
    implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  /** The logarithm that stands for that of a probability of 0: that of the smallest normal one. */
  public static final float LOG_OF_ZERO = (float) Math.log(Float.MIN_NORMAL);

  private record Key(Model model, Preprocessing preprocessing, String targetLayer)
      implements Serializable {}

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public Explainer open() throws IOException {
    OptionalInt number = perturbations == 0 ? OptionalInt.empty() : OptionalInt.of(perturbations);
    Perturbations chosen = new Perturbations(method, number);
    ProgramCache.Lease<OrtNetwork> lease =
        ProgramCache.lease(
            OrtNetwork.class,
            new Key(model, preprocessing, targetLayer),
            () -> OrtNetwork.read(model, preprocessing, targetLayer));
    return new ForwardExplainer(new Leased(lease), model.info().objective(), preprocessing, chosen);
  }

  /** A network that others of this JVM may use, too. */
  private record Leased(ProgramCache.Lease<OrtNetwork> lease) implements ForwardNetwork {
    @Override
    public ImageSize size() {
      return lease.program().size();
    }

    @Override
    public int batchSize() {
      return lease.program().batchSize();
    }

    @Override
    public List<float[]> outputs(List<float[]> inputs) {
      return lease.program().outputs(inputs);
    }

    @Override
    public List<float[]> outputs(List<float[]> inputs, int[] indices) {
      return lease.program().outputs(inputs, indices);
    }

    @Override
    public TargetState target(float[] input) {
      return lease.program().target(input);
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
