package org.bitgaze.torch;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.perturb.Activations;
import org.bitgaze.explain.perturb.ForwardExplainer;
import org.bitgaze.explain.perturb.ForwardNetwork;
import org.bitgaze.explain.perturb.Perturbations;
import org.bitgaze.explain.perturb.TargetState;
import org.bitgaze.image.Framing;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.TargetView;
import org.bitgaze.torch.ForwardProgram.Part;

/**
 * Explains one precision by a method that needs no gradient.
 *
 * @param modelId id of the model whose maps these are, see {@link SinglePrecision#modelId}
 * @param program what the network computes, and the map method
 * @param preprocessing what is done to images
 * @param objective what the outputs mean
 * @param label what the maps are called
 * @param perturbations the number of masks or channels; 0 for the method's default
 * @param batchSize inputs per native call
 * @param threads threads inside libtorch for each call
 */
public record ForwardPrecision(
    String modelId,
    ProgramKey program,
    Preprocessing preprocessing,
    Objective objective,
    String label,
    int perturbations,
    int batchSize,
    int threads)
    implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the number of perturbations does not fit the method
   * @throws UnsupportedOperationException if the network or its target layer does not fit the
   *     method
   */
  @Override
  public Explainer open() throws IOException {
    Framing framing = preprocessing.framing();
    OptionalInt number = perturbations == 0 ? OptionalInt.empty() : OptionalInt.of(perturbations);
    Perturbations perturbed = new Perturbations(program.cam(), number);
    ForwardPrograms programs = new ForwardPrograms(program, batchSize, threads);
    try {
      // What is missing or does not fit stops the job here, and not at the first image.
      for (Part part : parts()) {
        programs.compile(part);
      }
    } catch (IOException | RuntimeException e) {
      programs.close();
      throw e;
    }
    return new ForwardExplainer(
        new CutNetwork(programs, new ImageSize(framing.width(), framing.height()), batchSize),
        objective,
        preprocessing,
        perturbed);
  }

  /** The parts of the network that the method runs. */
  private List<Part> parts() {
    if (program.cam().need() != MapMethod.Need.ACTIVATIONS) {
      return List.of(Part.WHOLE);
    }
    return program.cam() == MapMethod.ABLATIONCAM
        ? List.of(Part.WHOLE, Part.FRONT, Part.BACK)
        : List.of(Part.WHOLE, Part.FRONT);
  }

  private record CutNetwork(ForwardPrograms programs, ImageSize size, int batchSize)
      implements ForwardNetwork {
    @Override
    public List<float[]> outputs(List<float[]> inputs) {
      return programs.run(Part.WHOLE, inputs);
    }

    @Override
    public TargetState target(float[] input) {
      return new Target(programs, programs.run(Part.FRONT, List.of(input)).get(0));
    }

    @Override
    public void close() {
      programs.close();
    }
  }

  /**
   * The target layer's output.
   *
   * @param output its numbers, in its own layout
   */
  private record Target(ForwardPrograms programs, float[] output) implements TargetState {
    @Override
    public Activations activations() {
      TargetView view = programs.targetView();
      int[] shape = programs.targetShape();
      return new Activations(
          view.channels(shape), view.height(), view.width(), view.channelsFirst(output, shape));
    }

    @Override
    public List<float[]> outputsWithout(int[] channels) {
      return programs.run(Part.BACK, Arrays.stream(channels).mapToObj(this::without).toList());
    }

    private float[] without(int channel) {
      float[] values = output.clone();
      if (channel >= 0) {
        programs.targetView().elements(channel, programs.targetShape()).forEach(i -> values[i] = 0);
      }
      return values;
    }
  }
}
