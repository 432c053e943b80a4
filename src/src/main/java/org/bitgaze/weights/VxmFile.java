package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A {@code .vxm} file, as FastGaze is published in: the bytes 01 74 50 4D, the number of entries,
 * and for each the length of its key with a final zero byte, the key, the length of its value, the
 * value; nothing after the last. All numbers are little-endian, lengths unsigned, of 32 bits.
 *
 * <p>An array {@code K} has beside it {@code K.dtype}, {@code K.ndims} and {@code K.shape}; other
 * values of four bytes are integers, which {@link #metadata} returns in decimal. All is checked
 * when the file is opened; arrays are read one at a time.
 */
final class VxmFile implements StoredTensors {
  private static final int MAGIC = 0x4D507401;

  /** FastGaze has 239 entries, with keys of at most 20 characters. */
  private static final int MAX_ENTRIES = 10_000;

  private static final int MAX_KEY = 256;
  private static final int MAX_DIMENSIONS = 8;
  private static final String FLOAT32 = "float32";

  private final OpenFile file;
  private final Map<String, Value> values = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private final Map<String, String> integers = new LinkedHashMap<>();

  /** Where a value's bytes are; all of them are in the file. */
  private record Value(long begin, int length) {}

  /**
   * Opens a file and checks its entries.
   *
   * @param file the file
   * @throws WeightsException if it is damaged, or an array is not of float32
   * @throws IOException if it cannot be read
   */
  VxmFile(Path file) throws IOException {
    this.file = new OpenFile(file);
    try {
      readEntries();
      readShapes();
    } catch (IOException | RuntimeException e) {
      this.file.close();
      throw e;
    }
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    int[] shape = shapes.get(name);
    if (shape == null) {
      throw file.error("no tensor '" + name + "'");
    }
    return shape.clone();
  }

  @Override
  public String dtype(String name) {
    return Dtype.F32.id();
  }

  @Override
  public Tensor read(String name) throws IOException {
    int[] shape = shape(name);
    float[] data = new float[(int) Tensor.elements(shape)];
    bytes(values.get(name)).asFloatBuffer().get(data);
    return new Tensor(shape, data);
  }

  @Override
  public String description() {
    return file.toString();
  }

  /** {@return the integers by key, in decimal} */
  @Override
  public Map<String, String> metadata() {
    return Map.copyOf(integers);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void readEntries() throws IOException {
    long size = file.size();
    if (size < 8 || read(0, 4).getInt() != MAGIC) {
      throw new WeightsException(
          file + ": is not a vxm file: its " + size + " bytes do not begin with 01 74 50 4D");
    }
    long count = unsigned(4, size);
    if (count > MAX_ENTRIES) {
      throw new WeightsException(
          file + ": " + count + " entries; a vxm file has at most " + MAX_ENTRIES);
    }
    long position = 8;
    for (long i = 0; i < count; i++) {
      long keyLength = unsigned(position, size);
      position += 4;
      if (keyLength < 2 || keyLength > MAX_KEY || keyLength > size - position) {
        throw new WeightsException(
            file + ": entry " + i + " has a key of " + keyLength + " bytes at byte " + position);
      }
      String key = key(i, position, (int) keyLength);
      position += keyLength;
      long length = unsigned(position, size);
      position += 4;
      if (length > size - position || length > Integer.MAX_VALUE - 8) {
        throw damaged(key, "has " + length + " bytes of the " + (size - position) + " that follow");
      }
      if (values.put(key, new Value(position, (int) length)) != null) {
        throw damaged(key, "occurs twice");
      }
      position += length;
    }
    if (position != size) {
      throw new WeightsException(
          file + ": " + (size - position) + " bytes follow the last of " + count + " entries");
    }
  }

  private String key(long index, long position, int length) throws IOException {
    byte[] bytes = read(position, length).array();
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      if (last ? bytes[i] != 0 : bytes[i] < ' ' || bytes[i] > '~') {
        throw new WeightsException(
            file + ": entry " + index + " has a key that is not text with a final zero byte");
      }
    }
    return new String(bytes, 0, length - 1, StandardCharsets.US_ASCII);
  }

  private void readShapes() throws IOException {
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      String key = entry.getKey();
      Value dtype = values.get(key + ".dtype");
      if (dtype != null) {
        shapes.put(key, shape(key, entry.getValue(), dtype));
      } else if (key.indexOf('.') < 0 && entry.getValue().length() == 4) {
        integers.put(key, "" + bytes(entry.getValue()).getInt());
      }
    }
  }

  /** The shape that an array's neighbours say, which its length must bear out. */
  private int[] shape(String key, Value array, Value dtype) throws IOException {
    byte[] type = dtype.length() == FLOAT32.length() ? bytes(dtype).array() : new byte[0];
    if (!new String(type, StandardCharsets.US_ASCII).equals(FLOAT32)) {
      throw damaged(key, "is not an array of " + FLOAT32);
    }
    Value ndims = values.get(key + ".ndims");
    int dimensions = ndims != null && ndims.length() == 4 ? bytes(ndims).getInt() : 0;
    Value sizes = values.get(key + ".shape");
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw damaged(key, "needs a number of dimensions from 1 to " + MAX_DIMENSIONS);
    }
    if (sizes == null || sizes.length() != 4 * dimensions) {
      throw damaged(key, "has no shape of " + dimensions + " dimensions");
    }
    int[] shape = new int[dimensions];
    bytes(sizes).asIntBuffer().get(shape);
    long elements = 1;
    for (int size : shape) {
      // No product that passes is larger than the file, so none overflows.
      elements = size < 1 || elements > array.length() ? -1 : elements * size;
      if (elements < 0) {
        break;
      }
    }
    if (elements * 4 != array.length()) {
      throw damaged(
          key, "of shape " + Arrays.toString(shape) + " has " + array.length() + " bytes");
    }
    return shape;
  }

  private long unsigned(long position, long size) throws IOException {
    if (size - position < 4) {
      throw new WeightsException(file + ": ends at byte " + size);
    }
    return Integer.toUnsignedLong(read(position, 4).getInt());
  }

  private ByteBuffer bytes(Value value) throws IOException {
    return read(value.begin(), value.length());
  }

  private ByteBuffer read(long position, int length) throws IOException {
    return file.read(position, length);
  }

  private WeightsException damaged(String key, String problem) {
    return file.error("entry '" + key + "' " + problem);
  }
}
