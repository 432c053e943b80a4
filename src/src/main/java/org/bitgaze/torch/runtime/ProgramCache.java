package org.bitgaze.torch.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The compiled programs of this JVM. Each is compiled when it is first requested, shared by all
 * threads that hold a lease, and freed with the last lease.
 */
public final class ProgramCache {
  private static final Map<Key, Entry> ENTRIES = new HashMap<>();

  private ProgramCache() {}

  private record Key(Class<?> type, Object value) {}

  private static final class Entry {
    private AutoCloseable program;
    private int holders;
  }

  /**
   * Compiles a program.
   *
   * @param <P> the kind of program
   */
  @FunctionalInterface
  public interface Compiler<P> {

    /**
     * Compiles the program.
     *
     * @return a new program
     * @throws IOException if its weights cannot be read
     */
    P compile() throws IOException;
  }

  /**
   * A hold on a program.
   *
   * @param <P> the kind of program
   */
  public static final class Lease<P extends AutoCloseable> implements AutoCloseable {
    private final Key key;
    private final P program;
    private boolean closed;

    private Lease(Key key, P program) {
      this.key = key;
      this.program = program;
    }

    /** {@return the program, valid until this lease is closed} */
    public P program() {
      return program;
    }

    /** Releases the program; the last lease frees its native memory. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        release(key);
      }
    }
  }

  /**
   * Holds a program.
   *
   * @param type the kind of program
   * @param key what it computes: equal keys of one kind share a program
   * @param compiler is called if the program is not there yet
   * @param <P> the kind of program
   * @return a lease, to be closed
   * @throws IOException if the compiler throws it
   */
  public static <P extends AutoCloseable> Lease<P> lease(
      Class<P> type, Object key, Compiler<P> compiler) throws IOException {
    Key full = new Key(type, key);
    Entry entry;
    synchronized (ENTRIES) {
      entry = ENTRIES.computeIfAbsent(full, k -> new Entry());
      entry.holders++;
    }
    try {
      // Threads that want the same program wait for it; others do not.
      synchronized (entry) {
        if (entry.program == null) {
          entry.program = compiler.compile();
        }
        return new Lease<>(full, type.cast(entry.program));
      }
    } catch (IOException | RuntimeException | Error e) {
      release(full);
      throw e;
    }
  }

  private static void release(Key key) {
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
