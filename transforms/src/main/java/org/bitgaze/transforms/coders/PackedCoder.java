package org.bitgaze.transforms.coders;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;

/**
 * Encodes a serializable value, compressed: answers such as class maps have long runs.
 *
 * @param <T> the value
 */
final class PackedCoder<T extends Serializable> extends AtomicCoder<T> {
  private static final long serialVersionUID = 1L;
  private static final ByteArrayCoder BYTES = ByteArrayCoder.of();

  private final Class<T> type;

  PackedCoder(Class<T> type) {
    this.type = type;
  }

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(new DeflaterOutputStream(bytes))) {
      objects.writeObject(value);
    }
    BYTES.encode(bytes.toByteArray(), out);
  }

  @Override
  public T decode(InputStream in) throws IOException {
    byte[] bytes = BYTES.decode(in);
    try (ObjectInputStream objects =
        new ObjectInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes))) {
          @Override
          protected Class<?> resolveClass(ObjectStreamClass described)
              throws IOException, ClassNotFoundException {
            return Class.forName(described.getName(), false, type.getClassLoader());
          }
        }) {
      return type.cast(objects.readObject());
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }
}
