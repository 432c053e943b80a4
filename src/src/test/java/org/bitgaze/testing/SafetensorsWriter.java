package org.bitgaze.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/** Writes tensors as float32 safetensors, for tests that need a file of weights. */
public final class SafetensorsWriter {
  private SafetensorsWriter() {}

  /** Writes all tensors of a source. */
  public static Path write(TensorSource source, Path file) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (String name : source.names()) {
      int[] shape = source.shape(name);
      long end = offset + 4 * Tensor.elements(shape);
      header.put(
          name, Map.of("dtype", "F32", "shape", shape, "data_offsets", new long[] {offset, end}));
      offset = end;
    }
    byte[] json = new ObjectMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(little(8).putLong(json.length).array());
      out.write(json);
      for (String name : source.names()) {
        float[] data = source.read(name).data();
        ByteBuffer bytes = little(4 * data.length);
        bytes.asFloatBuffer().put(data);
        out.write(bytes.array());
      }
    }
    return file;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
