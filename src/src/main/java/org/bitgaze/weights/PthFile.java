package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bitgaze.weights.StateDictUnpickler.Storage;
import org.bitgaze.weights.StateDictUnpickler.TensorView;

/**
 * A PyTorch state dict as {@code torch.save} writes it: a zip archive since 1.6, a stream of
 * pickles and raw storages before. Nothing in the file is executed, see {@link StateDictUnpickler}.
 * Every tensor is checked against its storage when the file is opened; elements are read one tensor
 * at a time.
 */
public final class PthFile implements TensorSource, Closeable {
  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final int LEGACY_PROTOCOL = 1001;

  /** A state dict's pickle is some hundred kilobytes. */
  private static final long MAX_PICKLE = 64L << 20;

  private final Path file;
  private final Closeable open;
  private final StorageReader storages;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();

  /** Reads part of a storage. */
  private interface StorageReader {
    /** Returns how many bytes the file has of it, or -1 if it has none. */
    long size(Storage storage) throws IOException;

    ByteBuffer read(Storage storage, long from, int length) throws IOException;
  }

  /**
   * Opens a file and checks its tensors.
   *
   * @param file a {@code .pth} file
   * @throws WeightsException if it is damaged, or holds anything but tensors
   * @throws IOException if it cannot be read
   */
  public PthFile(Path file) throws IOException {
    this.file = file;
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    Closeable opened = channel;
    try {
      Object root;
      if (isZip(channel)) {
        channel.close();
        ZipFile zip = new ZipFile(file.toFile());
        opened = zip;
        ZipStorages zipped = new ZipStorages(zip);
        storages = zipped;
        root = unpickle(zipped.pickle());
      } else {
        LegacyStorages legacy = new LegacyStorages(channel);
        storages = legacy;
        root = legacy.root;
      }
      open = opened;
      collect(root);
    } catch (IOException e) {
      opened.close();
      throw e instanceof WeightsException
          ? e
          : new WeightsException(file + ": no readable PyTorch file: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      opened.close();
      throw new WeightsException(file + ": no PyTorch state dict: " + e.getMessage(), e);
    }
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    long[] shape = view(name).shape();
    int[] sizes = new int[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) shape[i];
    }
    return sizes;
  }

  @Override
  public Tensor read(String name) throws IOException {
    TensorView v = view(name);
    Dtype dtype = Dtype.ofStorage(v.storage().type());
    if (dtype == null) {
      throw damaged(name, "is a " + v.storage().type() + "; expected Float, Half or BFloat16");
    }
    int[] shape = shape(name);
    int elements = (int) Tensor.elements(shape);
    if (elements == 0) {
      return new Tensor(shape, new float[0]);
    }
    long last = lastElement(v);
    long from = v.offset() * dtype.width();
    int length = Math.toIntExact((last - v.offset() + 1) * dtype.width());
    float[] run = dtype.toFloats(storages.read(v.storage(), from, length));
    return new Tensor(shape, isContiguous(v) ? run : gather(v, run, elements));
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    open.close();
  }

  private TensorView view(String name) throws WeightsException {
    TensorView view = tensors.get(name);
    if (view == null) {
      throw new WeightsException(file + ": no tensor '" + name + "'");
    }
    return view;
  }

  private void collect(Object root) throws IOException {
    if (!(root instanceof Map<?, ?> map)) {
      throw new WeightsException(file + ": holds no state dict");
    }
    Object nested = map.get("state_dict");
    Map<?, ?> dict = nested instanceof Map<?, ?> inner ? inner : map;
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (entry.getKey() instanceof String name && entry.getValue() instanceof TensorView view) {
        check(name, view);
        tensors.put(name, view);
      }
    }
    if (tensors.isEmpty()) {
      throw new WeightsException(file + ": holds no tensors");
    }
  }

  private void check(String name, TensorView v) throws IOException {
    long declared = v.storage().elements();
    long bytes = storages.size(v.storage());
    int width = Dtype.widthOfStorage(v.storage().type());
    if (bytes < 0) {
      throw damaged(name, "has no storage '" + v.storage().key() + "'");
    }
    if (declared < 0 || declared > bytes / width) {
      throw damaged(name, "has a storage of " + declared + " elements in " + bytes + " bytes");
    }
    if (v.shape().length != v.strides().length || v.shape().length > 8) {
      throw damaged(
          name, "has " + v.shape().length + " sizes and " + v.strides().length + " strides");
    }
    long elements = 1;
    for (int i = 0; i < v.shape().length; i++) {
      if (v.shape()[i] < 0 || v.strides()[i] < 0) {
        throw damaged(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      // Not more than the storage has, so the product of two stays below 2^63.
      if (v.shape()[i] > Integer.MAX_VALUE || v.strides()[i] > Integer.MAX_VALUE) {
        throw damaged(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      elements = Math.min(elements * v.shape()[i], Integer.MAX_VALUE);
    }
    if (v.offset() < 0 || elements > declared || (elements > 0 && lastElement(v) >= declared)) {
      throw damaged(name, "reaches past its storage of " + declared + " elements");
    }
  }

  private static long lastElement(TensorView v) {
    long last = v.offset();
    for (int i = 0; i < v.shape().length; i++) {
      last = Math.addExact(last, Math.multiplyExact(v.shape()[i] - 1, v.strides()[i]));
    }
    return last;
  }

  private static boolean isContiguous(TensorView v) {
    long step = 1;
    for (int i = v.shape().length - 1; i >= 0; i--) {
      if (v.shape()[i] != 1 && v.strides()[i] != step) {
        return false;
      }
      step *= v.shape()[i];
    }
    return true;
  }

  private static float[] gather(TensorView v, float[] run, int elements) {
    float[] out = new float[elements];
    long[] index = new long[v.shape().length];
    for (int i = 0; i < elements; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * v.strides()[d];
      }
      out[i] = run[(int) at];
      for (int d = index.length - 1; d >= 0 && ++index[d] == v.shape()[d]; d--) {
        index[d] = 0;
      }
    }
    return out;
  }

  private WeightsException damaged(String name, String problem) {
    return new WeightsException(file + ": tensor '" + name + "' " + problem);
  }

  private static boolean isZip(FileChannel channel) throws IOException {
    ByteBuffer start = ByteBuffer.allocate(4);
    channel.read(start, 0);
    return start.position() == 4 && start.getInt(0) == 0x504b0304;
  }

  private static Object unpickle(InputStream in) throws IOException {
    return new StateDictUnpickler().load(in);
  }

  /** The zip format: one stored entry per storage. */
  private final class ZipStorages implements StorageReader {
    private final ZipFile zip;
    private final String folder;

    ZipStorages(ZipFile zip) throws IOException {
      this.zip = zip;
      String pickle =
          zip.stream()
              .map(ZipEntry::getName)
              .filter(n -> n.endsWith("/data.pkl") || n.equals("data.pkl"))
              .findFirst()
              .orElseThrow(() -> new WeightsException(file + ": no data.pkl in the archive"));
      folder = pickle.substring(0, pickle.length() - "data.pkl".length());
      ZipEntry order = zip.getEntry(folder + "byteorder");
      if (order != null && !new String(zip.getInputStream(order).readNBytes(16)).equals("little")) {
        throw new WeightsException(file + ": is big-endian");
      }
    }

    InputStream pickle() throws IOException {
      ZipEntry entry = zip.getEntry(folder + "data.pkl");
      if (entry.getSize() > MAX_PICKLE) {
        throw new WeightsException(file + ": a pickle of " + entry.getSize() + " bytes");
      }
      return new BufferedInputStream(zip.getInputStream(entry));
    }

    @Override
    public long size(Storage storage) {
      ZipEntry entry = entry(storage);
      // PyTorch never compresses: what an entry has is bounded by what the file has.
      return entry == null || entry.getMethod() != ZipEntry.STORED ? -1 : entry.getCompressedSize();
    }

    @Override
    public ByteBuffer read(Storage storage, long from, int length) throws IOException {
      try (InputStream in = zip.getInputStream(entry(storage))) {
        in.skipNBytes(from);
        byte[] bytes = in.readNBytes(length);
        if (bytes.length == length) {
          return Bytes.little(bytes);
        }
      } catch (ZipException | EOFException e) {
        throw new WeightsException(
            file + ": storage '" + storage.key() + "' is damaged: " + e.getMessage(), e);
      }
      throw new WeightsException(file + ": storage '" + storage.key() + "' is truncated");
    }

    private ZipEntry entry(Storage storage) {
      return zip.getEntry(folder + "data/" + storage.key());
    }
  }

  /** The stream format: magic, protocol, system, object, keys, then the storages in that order. */
  private final class LegacyStorages implements StorageReader {
    private final FileChannel channel;
    private final Object root;
    private final Map<String, Long> positions = new HashMap<>();

    LegacyStorages(FileChannel channel) throws IOException {
      this.channel = channel;
      Counting in =
          new Counting(new BufferedInputStream(Channels.newInputStream(channel.position(0))));
      Object magic = unpickle(in);
      if (!LEGACY_MAGIC.equals(magic instanceof BigInteger b ? b : null)
          || !Integer.valueOf(LEGACY_PROTOCOL).equals(unpickle(in))) {
        throw new WeightsException(file + ": no PyTorch file, neither zip nor legacy format");
      }
      Object system = unpickle(in);
      if (system instanceof Map<?, ?> s && Boolean.FALSE.equals(s.get("little_endian"))) {
        throw new WeightsException(file + ": is big-endian");
      }
      root = unpickle(in);
      Map<String, Storage> declared = new HashMap<>();
      if (root instanceof Map<?, ?> dict) {
        for (Object value : dict.values()) {
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
