package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.weights.StateDictUnpickler.Storage;
import org.bitgaze.weights.StateDictUnpickler.TensorView;

/**
 * PyTorch's stream format, before 1.6: magic, protocol, system, object and keys as pickles, then
 * the storages in the keys' order.
 */
final class LegacyStorages implements PthStorages {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int PROTOCOL = 1001;

  private final Path file;
  private final MappedRegions.FileState state;
  private final FileChannel channel;
  private final Object root;
  private final Map<String, Long> positions = new HashMap<>();

  LegacyStorages(Path file) throws IOException {
    this.file = file;
    this.state = MappedRegions.FileState.of(file);
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      this.root = read();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private Object read() throws IOException {
    Counting in =
        new Counting(new BufferedInputStream(Channels.newInputStream(channel.position(0))));
    Object magic = unpickle(in);
    if (!MAGIC.equals(magic instanceof BigInteger b ? b : null)
        || !Integer.valueOf(PROTOCOL).equals(unpickle(in))) {
      throw new WeightsException(file + ": no PyTorch file, neither zip nor legacy format");
    }
    Object system = unpickle(in);
    if (system instanceof Map<?, ?> s && Boolean.FALSE.equals(s.get("little_endian"))) {
      throw new WeightsException(file + ": is big-endian");
    }
    Object dict = unpickle(in);
    Map<String, Storage> declared = new HashMap<>();
    if (dict instanceof Map<?, ?> map) {
      for (Object value : map.values()) {
        if (value instanceof TensorView view) {
          declared.put(view.storage().key(), view.storage());
        }
      }
    }
    long position = -1;
    for (Object key : (List<?>) unpickle(in)) {
      position = position < 0 ? in.count : position;
      Storage storage = declared.get(key);
      if (storage == null || position + 8 > channel.size()) {
        throw new WeightsException(file + ": storage '" + key + "' is unknown or truncated");
      }
      long elements = Bytes.read(channel, file, position, 8).getLong();
      long bytes = elements * Dtype.widthOfStorage(storage.type());
      if (elements < 0
          || elements > channel.size()
          || elements != storage.elements()
          || bytes > channel.size() - position - 8) {
        throw new WeightsException(
            file
                + ": storage '"
                + key
                + "' of "
                + elements
                + " elements reaches past the file's end");
      }
      positions.put(storage.key(), position + 8);
      position += 8 + bytes;
    }
    return dict;
  }

  private static Object unpickle(InputStream in) throws IOException {
    return new StateDictUnpickler().load(in);
  }

  @Override
  public long size(Storage storage) {
    return positions.containsKey(storage.key())
        ? storage.elements() * Dtype.widthOfStorage(storage.type())
        : -1;
  }

  @Override
  public ByteBuffer read(Storage storage, long from, int length) throws IOException {
    return Bytes.read(channel, file, positions.get(storage.key()) + from, length);
  }

  @Override
  public Optional<ByteBuffer> map(Storage storage, long from, long length, Dtype dtype)
      throws IOException {
    return MappedRegions.floats(channel, state, positions.get(storage.key()) + from, length, dtype);
  }

  @Override
  public Object root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Counts what was read, for the raw data begins where the pickles end. */
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
