package org.bitgaze.pipelines.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Shapes;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.RandomKey;

/**
 * The time of one program on this machine, in one thread.
 *
 * @param startMillis milliseconds to compile it, with its weights in memory
 * @param batch images per call
 * @param millis milliseconds per image
 * @param gigaflops billions of multiplications and additions of the forward pass per second; empty
 *     where a map takes many passes, or another runtime computes it
 */
public record NativeTime(double startMillis, int batch, Spread millis, OptionalDouble gigaflops) {

  /**
   * Measures a program.
   *
   * @param key the program
   * @param images one batch
   * @param warmups number of untimed calls
   * @param runs number of timed calls
   * @return the times
   * @throws Exception if the weights cannot be read or the program fails
   */
  public static NativeTime of(ProgramKey key, List<RgbImage> images, int warmups, int runs)
      throws Exception {
    int[] targets = new int[images.size()];
    Arrays.fill(targets, CamProgram.OWN_CLASS);
    List<RandomKey> draws = Collections.nCopies(images.size(), new RandomKey("bench", "bench"));
    long start = System.nanoTime();
    try (var lease = CamProgram.lease(key)) {
      double compiled = (System.nanoTime() - start) / 1e6;
      Spread millis =
          Spread.time(
              warmups, runs, images.size(), () -> lease.program().run(images, targets, draws, 1));
      return new NativeTime(
          compiled,
          images.size(),
          millis,
          OptionalDouble.of(multiplyAdds(key) * 2 / 1e6 / millis.median()));
    }
  }

  /**
   * Measures an explainer.
   *
   * @param spec what it computes
   * @param images one batch
   * @param warmups number of untimed calls
   * @param runs number of timed calls
   * @return the times
   * @throws Exception if the network cannot be read or fails
   */
  public static NativeTime of(ExplainerSpec spec, List<RgbImage> images, int warmups, int runs)
      throws Exception {
    List<Explainer.Input> inputs =
        images.stream()
            .map(image -> new Explainer.Input("bench", image, OptionalInt.empty()))
            .toList();
    long start = System.nanoTime();
    try (Explainer explainer = spec.open()) {
      double opened = (System.nanoTime() - start) / 1e6;
      Spread millis = Spread.time(warmups, runs, images.size(), () -> explainer.explain(inputs));
      return new NativeTime(opened, images.size(), millis, OptionalDouble.empty());
    }
  }

  private static double multiplyAdds(ProgramKey key) throws IOException {
    try (OpenModel model = key.model().open()) {
      return Shapes.of(model.network().graph(), model.size().height(), model.size().width())
          .multiplyAdds();
    }
  }
}
