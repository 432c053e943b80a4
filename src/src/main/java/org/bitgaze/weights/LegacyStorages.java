package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/**
 * PyTorch's stream format, before 1.6: magic, protocol, system, object and keys as pickles, then
 * the storages in the keys' order.
 */
final class LegacyStorages implements PthStorages {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long PROTOCOL = 1001L;

  /** What any pickle of protocol 2 or later begins with. */
  private static final byte PICKLE = (byte) 0x80;

  private final OpenFile file;
  private final StateDictUnpickler unpickler = new StateDictUnpickler();
  private final Object root;
  private final Map<String, Long> positions = new HashMap<>();

  LegacyStorages(OpenFile file) throws IOException {
    this.file = file;
    Counting in =
        new Counting(new BufferedInputStream(Channels.newInputStream(file.channel().position(0))));
    requireMagic(in);
    if (unpickler.load(in) instanceof Map<?, ?> system
        && Boolean.FALSE.equals(system.get("little_endian"))) {
      throw file.error("is big-endian");
    }
    this.root = unpickler.load(in);
    if (!(unpickler.load(in) instanceof List<?> keys)) {
      throw file.error("does not list its storages");
    }
    locate(keys, in.count);
  }

  private void requireMagic(InputStream in) throws IOException {
    Object magic = null;
    try {
      if (file.start(1).length > 0 && file.start(1)[0] == PICKLE) {
        magic = unpickler.load(in);
      }
    } catch (StateDictUnpickler.PickleException e) {
      // Reported below, as any other pickle is.
    }
    if (!MAGIC.equals(magic) || !PROTOCOL.equals(unpickler.load(in))) {
      throw file.error(ForeignFile.problem(file, "a PyTorch file"));
    }
  }

  private void locate(List<?> keys, long start) throws IOException {
    long position = start;
    for (Object key : keys) {
      Storage storage = unpickler.storages().get(key);
      if (storage == null || position + 8 > file.size()) {
        throw file.error("storage '" + key + "' is unknown or truncated");
      }
      long elements = file.read(position, 8).getLong();
      long bytes = elements * storage.dtype().width();
      if (elements < 0
          || elements > file.size()
          || elements != storage.elements()
          || bytes > file.size() - position - 8) {
        throw file.error(
            "storage '" + key + "' of " + elements + " elements reaches past the file's end");
      }
      positions.put(storage.key(), position + 8);
      position += 8 + bytes;
    }
  }

  @Override
  public long size(Storage storage) {
    return positions.containsKey(storage.key()) ? storage.elements() * storage.dtype().width() : -1;
  }

  @Override
  public long position(Storage storage, long from, long length) {
    return positions.get(storage.key()) + from;
  }

  @Override
  public Object root() {
    return root;
  }

  /** Counts what was read: the raw data begins where the pickles end. */
  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      int n = super.read(b, off, len);
      count += Math.max(n, 0);
      return n;
    }
  }
}
