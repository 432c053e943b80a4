package org.bitgaze.pipelines.audit;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bitgaze.quant.Quantization;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.transforms.ExplainImages;

/**
 * Compiles a job's programs in the background, in the order in which images come to them: a step
 * compiles its own when the first image is there, one after the other, and finds it done.
 */
final class CompiledAhead implements AutoCloseable {
  /** ProgramCache at once: each takes its weights once more while it is compiled. */
  private static final int AT_ONCE = 2;

  private final ExecutorService threads;
  private final Queue<AutoCloseable> leases = new ConcurrentLinkedQueue<>();

  /**
   * Begins.
   *
   * @param workers of the job, at least 1
   */
  CompiledAhead(int workers) {
    threads =
        Executors.newFixedThreadPool(
            // The others wait for the first program, and then work with it.
            Math.max(1, Math.min(workers / 2, AT_ONCE)),
            task -> {
              Thread thread = new Thread(task, "compile-ahead");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Compiles what needs no ranges; these are not known yet.
   *
   * @param explanations the job's, in the line's order
   */
  void compileFloats(List<ExplainImages> explanations) {
    programs(explanations)
        .filter(key -> key.quantization() == Quantization.NONE)
        .forEach(this::compile);
  }

  /**
   * Compiles everything.
   *
   * @param explanations the job's, in the line's order
   */
  void compile(List<ExplainImages> explanations) {
    programs(explanations).forEach(this::compile);
  }

  private static Stream<ProgramKey> programs(List<ExplainImages> explanations) {
    return explanations.stream().flatMap(explanation -> explanation.programs().values().stream());
  }

  private void compile(ProgramKey key) {
    threads.execute(() -> hold(key));
  }

  private void hold(ProgramKey key) {
    try {
      leases.add(CamProgram.lease(key));
    } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
      // The step that wants it meets the same, and says so.
    }
  }

  /** Compiles no more, and lets go of the programs. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
      for (AutoCloseable lease : leases) {
        lease.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("a program cannot be let go of", e);
    }
  }
}
