package org.bitgaze.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;

/**
 * The programs of this JVM. Each is compiled when it is first wanted, shared by all threads that
 * want it, and freed when the last of them lets go.
 */
public final class ProgramCache {
  private static final Map<Object, Entry> ENTRIES = new HashMap<>();

  private ProgramCache() {}

  /**
   * A hold on a program.
   *
   * @param <P> the kind of program
   */
  public static final class Lease<P extends AutoCloseable> implements AutoCloseable {
    private final Object key;
    private final P program;
    private boolean closed;

    private Lease(Object key, P program) {
      this.key = key;
      this.program = program;
    }

    /**
     * Returns the program.
     *
     * @return to be used until this lease is closed
     */
    public P program() {
      return program;
    }

    /** Lets go of the program; the last one frees its native memory. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(key);
      }
    }
  }

  private static final class Entry {
    private AutoCloseable program;
    private int holders;
  }

  @FunctionalInterface
  private interface Compilation {
    AutoCloseable compile() throws IOException;
  }

  /**
   * Holds the program that explains images.
   *
   * @param key what it computes
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static Lease<CamProgram> cam(ProgramKey key) throws IOException {
    return lease(
        key,
        CamProgram.class,
        () -> {
          try (OpenModel model = key.model().open()) {
            return CamProgram.of(model, key.quantization(), key.cam(), key.arithmetic());
          }
        });
  }

  /**
   * Holds the program that explains images in many configurations.
   *
   * @param key what it can compute
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static Lease<SweepProgram> sweep(SweepKey key) throws IOException {
    return lease(
        key,
        SweepProgram.class,
        () -> {
          try (OpenModel model = key.model().open()) {
            return SweepProgram.of(model, key.choices(), key.cam());
          }
        });
  }

  /**
   * Holds the program that observes ranges of activations.
   *
   * @param model the network
   * @return a lease, to be closed
   * @throws IOException if the weights cannot be read
   */
  public static Lease<ObserverProgram> observer(Model model) throws IOException {
    return lease(
        model,
        ObserverProgram.class,
        () -> {
          try (OpenModel open = model.open()) {
            return ObserverProgram.of(open);
          }
        });
  }

  /** A key of its own, for other things have paths, too. */
  private record GazeKey(String path) {}

  /**
   * Holds FastGaze.
   *
   * @param path of its {@code .vxm} file
   * @return a lease, to be closed
   * @throws IOException if the file cannot be read or is of another network
   */
  public static Lease<SaliencyProgram> fastGaze(String path) throws IOException {
    return lease(
        new GazeKey(path),
        SaliencyProgram.class,
        () -> {
          try (TensorSource weights = WeightsFile.open(Path.of(path))) {
            return SaliencyProgram.of(FastGaze.network(weights), CaffeMeans.VGG);
          }
        });
  }

  /**
   * Holds anybody's network whose output is a map.
   *
   * @param path of its ONNX file
   * @return a lease, to be closed
   * @throws IOException if the file cannot be read or compiled
   */
  public static Lease<SaliencyProgram> gaze(String path) throws IOException {
    return lease(
        new GazeKey(path),
        SaliencyProgram.class,
        () -> {
          OnnxNetwork network = OnnxNetwork.readMap(Path.of(path));
          return SaliencyProgram.of(
              network.network(), network.size(), network.preprocessing().normalization());
        });
  }

  private static <P extends AutoCloseable> Lease<P> lease(
      Object key, Class<P> type, Compilation compilation) throws IOException {
    Entry entry;
    synchronized (ENTRIES) {
      entry = ENTRIES.computeIfAbsent(key, k -> new Entry());
      entry.holders++;
    }
    try {
      // Who wants the same program waits for it; who wants one that is there does not.
      synchronized (entry) {
        if (entry.program == null) {
          entry.program = compilation.compile();
        }
        return new Lease<>(key, type.cast(entry.program));
      }
    } catch (IOException | RuntimeException | Error e) {
      release(key);
      throw e;
    }
  }

  private static void release(Object key) {
    AutoCloseable last = null;
    synchronized (ENTRIES) {
      Entry entry = ENTRIES.get(key);
      if (--entry.holders == 0) {
        ENTRIES.remove(key);
        last = entry.program;
      }
    }
    if (last != null) {
      try {
        last.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (Exception e) {
        throw new IllegalStateException("a program cannot be freed", e);
      }
    }
  }
}
