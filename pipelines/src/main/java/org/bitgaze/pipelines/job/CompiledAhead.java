package org.bitgaze.pipelines.job;

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
import org.bitgaze.torch.TaskPrecision;
import org.bitgaze.transforms.ExplainImages;

/**
 * Compiles a job's programs in the background, in the order in which images reach them. A step that
 * asks for its program later finds it compiled.
 */
final class CompiledAhead implements AutoCloseable {
  /** Programs compiled at the same time: each holds its weights twice while it is compiled. */
  private static final int PARALLEL = 2;

  private final ExecutorService threads;
  private final Queue<AutoCloseable> leases = new ConcurrentLinkedQueue<>();

  /**
   * Creates the threads.
   *
   * @param workers the job's workers, at least 1
   */
  CompiledAhead(int workers) {
    threads =
        Executors.newFixedThreadPool(
            // The other workers wait for the first program, and then use it.
            Math.max(1, Math.min(workers / 2, PARALLEL)),
            task -> {
              Thread thread = new Thread(task, "compile-ahead");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Compiles the programs that need no ranges.
   *
   * @param explanations the job's models, in their order
   */
  void compileFloats(List<ExplainImages> explanations) {
    programs(explanations)
        .filter(key -> key.quantization() == Quantization.NONE)
        .forEach(this::compile);
  }

  /**
   * Compiles all programs.
   *
   * @param explanations the job's models, in their order
   */
  void compile(List<ExplainImages> explanations) {
    programs(explanations).forEach(this::compile);
  }

  private static Stream<ProgramKey> programs(List<ExplainImages> explanations) {
    return explanations.stream()
        .flatMap(explanation -> explanation.programs().values().stream())
        .filter(key -> !key.cam().isForward());
  }

  private void compile(ProgramKey key) {
    threads.execute(() -> hold(key));
  }

  private void hold(ProgramKey key) {
    try {
      leases.add(
          key.model().info().objective().isClassification()
              ? CamProgram.lease(key)
              : TaskPrecision.hold(key));
    } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
      // The step that needs the program fails in the same way, and reports it.
    }
  }

  /** Stops compiling and releases the programs. */
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
      throw new IllegalStateException("a program cannot be released", e);
    }
  }
}
