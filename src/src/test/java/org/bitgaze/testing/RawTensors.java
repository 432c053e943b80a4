package org.bitgaze.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Spliterators;
import java.util.stream.StreamSupport;

/** Tensors of a trusted safetensors file as they are, whatever their type. */
public record RawTensors(ByteBuffer file, JsonNode header) {

  /** Reads a whole file. */
  public static RawTensors of(Path path) throws IOException {
    return of(Files.readAllBytes(path));
  }

  /** Takes a whole file. */
  public static RawTensors of(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    String json = new String(bytes, 8, (int) file.getLong(0), StandardCharsets.UTF_8);
    return new RawTensors(file, new ObjectMapper().readTree(json));
  }

  /** A tensor's bytes. */
  public ByteBuffer bytes(String name) {
    JsonNode offsets = header.get(name).get("data_offsets");
    int start = 8 + (int) file.getLong(0);
    return file.duplicate()
        .position(start + offsets.get(0).asInt())
        .limit(start + offsets.get(1).asInt())
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many tensors have names with a prefix. */
  public long count(String prefix) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(header.fieldNames(), 0), false)
        .filter(name -> name.startsWith(prefix))
        .count();
  }

  /** A tensor's shape. */
  public int[] shape(String name) {
    JsonNode shape = header.get(name).get("shape");
    int[] sizes = new int[shape.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape.get(i).asInt();
    }
    return sizes;
  }

  /** A float32 tensor's elements. */
  public float[] floats(String name) {
    ByteBuffer bytes = bytes(name);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** An int64 tensor's elements. */
  public int[] ints(String name) {
    ByteBuffer bytes = bytes(name);
    int[] values = new int[bytes.remaining() / 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) bytes.getLong();
    }
    return values;
  }
}
