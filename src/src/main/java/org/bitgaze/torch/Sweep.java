package org.bitgaze.torch;

import java.io.IOException;
import java.util.List;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.quant.Configuration;
import org.bitgaze.torch.runtime.ProgramCache;

/**
 * Explains by one compiled program in many configurations, image by image.
 *
 * @param program what the program can compute
 * @param preprocessing what is done to images
 * @param configurations the configurations, f32 first
 * @param threads threads inside libtorch for each call
 */
public record Sweep(
    SweepKey program, Preprocessing preprocessing, List<Configuration> configurations, int threads)
    implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public String modelId() {
    return program.model().id();
  }

  @Override
  public List<String> labels() {
    return configurations.stream().map(Configuration::name).toList();
  }

  @Override
  public int batchSize() {
    return 1;
  }

  @Override
  public Explainer open() throws IOException {
    ProgramCache.Lease<SweepProgram> lease = SweepProgram.lease(program);
    return new Explainer() {
      @Override
      public List<List<Explanation>> explain(List<Input> inputs) {
        return lease
            .program()
            .run(
                inputs.stream().map(Input::image).toList(),
                Explanations.targets(inputs),
                configurations,
                threads)
            .stream()
            .map(
                results ->
                    results.stream().map(r -> r.explanation().withFidelity(r.fidelity())).toList())
            .toList();
      }

      @Override
      public List<float[]> outputs(List<float[]> inputs) {
        throw new UnsupportedOperationException(
            modelId()
                + ": a sweep computes maps of images only; open each precision by itself to run"
                + " the network on inputs");
      }

      @Override
      public void close() {
        lease.close();
      }
    };
  }
}
