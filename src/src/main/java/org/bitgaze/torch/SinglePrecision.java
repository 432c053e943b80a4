package org.bitgaze.torch;

import java.io.IOException;
import java.util.List;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * Explains by a compiled program of one precision. The last bits of a native result may depend on
 * the size of the batch, so every call is filled up to the same size: the maps then do not depend
 * on how a runner bundles images.
 *
 * @param modelId id of the model whose maps these are; a candidate's maps are those of the model
 *     that it may replace
 * @param program what the program computes
 * @param preprocessing what is done to images
 * @param label what the maps are called
 * @param variant chooses the random numbers: each variant draws its own
 * @param batchSize images per native call
 * @param threads threads inside libtorch for each call
 */
public record SinglePrecision(
    String modelId,
    ProgramKey program,
    Preprocessing preprocessing,
    String label,
    String variant,
    int batchSize,
    int threads)
    implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public List<String> labels() {
    return List.of(label);
  }

  @Override
  public Explainer open() throws IOException {
    ProgramCache.Lease<CamProgram> lease = CamProgram.lease(program);
    ForwardPrograms forward = new ForwardPrograms(program, batchSize, threads);
    return new Explainer() {
      @Override
      public List<List<Explanation>> explain(List<Input> inputs) {
        List<Input> filled = Batches.filled(inputs, batchSize);
        return lease
            .program()
            .run(
                filled.stream().map(Input::image).toList(),
                Explanations.targets(filled),
                filled.stream().map(input -> new RandomKey(input.key(), variant)).toList(),
                threads)
            .subList(0, inputs.size())
            .stream()
            .map(List::of)
            .toList();
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
}
