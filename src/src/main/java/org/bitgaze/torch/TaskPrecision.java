package org.bitgaze.torch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.Objective;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.Grid;
import org.bitgaze.network.op.Input;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * Explains a task that is not classification by a compiled program of one precision. The weights of
 * the explained score follow from the answer at full precision; without one, the program runs
 * twice: for its own answer, and for the map of it. Every call is filled up to the same size, as
 * {@link SinglePrecision} does.
 *
 * @param modelId id of the model whose maps these are
 * @param program what the program computes
 * @param preprocessing what is done to images
 * @param objective what the outputs mean
 * @param label what the maps are called
 * @param variant chooses the random numbers: each variant draws its own
 * @param batchSize images per native call
 * @param threads threads inside libtorch for each call
 */
public record TaskPrecision(
    String modelId,
    ProgramKey program,
    Preprocessing preprocessing,
    Objective objective,
    String label,
    String variant,
    int batchSize,
    int threads)
    implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  /**
   * Compiles a program ahead of the steps that run it.
   *
   * @param program what it computes
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static AutoCloseable hold(ProgramKey program) throws IOException {
    return TaskProgram.lease(program);
  }

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public Explainer open() throws IOException {
    ProgramCache.Lease<TaskProgram> lease = TaskProgram.lease(program);
    ForwardPrograms forward = new ForwardPrograms(program, batchSize, threads);
    return new Explainer() {
      @Override
      public List<List<Explanation>> explain(List<Input> inputs) {
        return explained(lease.program(), Batches.filled(inputs, batchSize))
            .subList(0, inputs.size());
      }

      @Override
      public List<float[]> outputs(List<float[]> inputs) {
        return forward.run(ForwardProgram.Part.WHOLE, inputs);
      }

      @Override
      public void close() {
        forward.close();
        lease.close();
      }
    };
  }

  private List<List<Explanation>> explained(TaskProgram program, List<Explainer.Input> inputs) {
    int outputs = program.outputs();
    List<Optional<Answer>> references = new ArrayList<>();
    inputs.forEach(input -> references.add(input.reference()));
    if (references.stream().anyMatch(Optional::isEmpty)) {
      List<TaskProgram.Result> own = run(program, inputs, empty(inputs.size(), outputs));
      for (int i = 0; i < references.size(); i++) {
        if (references.get(i).isEmpty()) {
          references.set(i, Optional.of(answer(own.get(i), inputs.get(i))));
        }
      }
    }
    List<Optional<float[]>> weights =
        references.stream().map(r -> objective.weights(outputs, r.orElseThrow())).toList();
    List<float[]> filled =
        weights.stream().map(w -> w.orElseGet(() -> new float[outputs])).toList();
    List<TaskProgram.Result> results = run(program, inputs, filled);
    List<List<Explanation>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      TaskProgram.Result result = results.get(i);
      boolean nothing = weights.get(i).isEmpty();
      all.add(
          List.of(
              new Explanation(
                  nothing ? Explanation.NO_MAP : result.cam(),
                  result.outputs(),
                  references.get(i).orElseThrow().mainClass(),
                  false,
                  nothing ? 0 : result.unstable(),
                  Fidelity.UNKNOWN,
                  Optional.of(new Answered(objective, answer(result, inputs.get(i)))))));
    }
    return all;
  }

  private Answer answer(TaskProgram.Result result, Explainer.Input input) {
    return objective.answer(result.outputs(), Grid.of(preprocessing.framing(), input.size()));
  }

  private List<TaskProgram.Result> run(
      TaskProgram program, List<Explainer.Input> inputs, List<float[]> weights) {
    return program.run(
        inputs.stream().map(Explainer.Input::image).toList(),
        weights,
        inputs.stream().map(input -> new RandomKey(input.key(), variant)).toList(),
        threads);
  }

  private static List<float[]> empty(int images, int outputs) {
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      all.add(new float[outputs]);
    }
    return all;
  }
}
