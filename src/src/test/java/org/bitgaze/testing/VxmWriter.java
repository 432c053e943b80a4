package org.bitgaze.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes {@code .vxm} files as FastGaze's publishers did. */
public final class VxmWriter {
  private final Map<String, byte[]> entries = new TreeMap<>();

  /** Adds a value as it is. */
  public VxmWriter put(String key, byte[] value) {
    entries.put(key, value);
    return this;
  }

  /** Adds an integer, or several. */
  public VxmWriter put(String key, int... values) {
    ByteBuffer bytes = little(4 * values.length);
    bytes.asIntBuffer().put(values);
    return put(key, bytes.array());
  }

  /** Adds an array with what stands beside it. */
  public VxmWriter array(String key, int[] shape, float... values) {
    ByteBuffer bytes = little(4 * values.length);
    bytes.asFloatBuffer().put(values);
    put(key + ".dtype", "float32".getBytes(StandardCharsets.US_ASCII));
    put(key + ".ndims", shape.length);
    put(key + ".shape", shape);
    put(key + ".shape.listlength", shape.length);
    return put(key, bytes.array());
  }

  /** Returns the file's bytes. */
  public byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {1, 't', 'P', 'M'});
    out.write(little(4).putInt(0, entries.size()).array());
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      byte[] key = (entry.getKey() + "\0").getBytes(StandardCharsets.US_ASCII);
      out.write(little(4).putInt(0, key.length).array());
      out.write(key);
      out.write(little(4).putInt(0, entry.getValue().length).array());
      out.write(entry.getValue());
    }
    return out.toByteArray();
  }

  /** Writes the file. */
  public Path write(Path file) throws IOException {
    return Files.write(file, bytes());
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
