package org.bitgaze.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes tensors as a safetensors file, one at a time. */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes all tensors of a source as float32.
   *
   * @param source the tensors
   * @param file where to; overwritten
   * @return the file
   * @throws IOException if a tensor cannot be read or the file not written
   */
  public static Path write(TensorSource source, Path file) throws IOException {
    return write(source, Dtype.F32, Map.of(), file);
  }

  /**
   * Writes all tensors of a source.
   *
   * @param source the tensors
   * @param dtype element type, F32 or F16; values are rounded to it
   * @param metadata free text for the header
   * @param file where to; overwritten
   * @return the file
   * @throws IllegalArgumentException if the element type is BF16
   * @throws WeightsException if a value is too large for the element type
   * @throws IOException if a tensor cannot be read or the file not written
   */
  public static Path write(
      TensorSource source, Dtype dtype, Map<String, String> metadata, Path file)
      throws IOException {
    if (dtype == Dtype.BF16) {
      throw new IllegalArgumentException("tensors are written as F32 or F16, not as BF16");
    }
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put("__metadata__", metadata);
    }
    long offset = 0;
    for (String name : source.names()) {
      int[] shape = source.shape(name);
      long end = offset + dtype.width() * Tensor.elements(shape);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", dtype.name());
      entry.put("shape", shape);
      entry.put("data_offsets", new long[] {offset, end});
      header.put(name, entry);
      offset = end;
    }
    byte[] written = new ObjectMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    // Blanks, as the safetensors library adds them: tensors that are aligned can be mapped.
    byte[] json = Arrays.copyOf(written, (written.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(json, written.length, json.length, (byte) ' ');
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
      out.write(json);
      for (String name : source.names()) {
        float[] data = source.read(name).data();
        for (float value : data) {
          if (Float.isInfinite(dtype.round(value)) && !Float.isInfinite(value)) {
            throw new WeightsException(
                "tensor '" + name + "' has " + value + ", which is too large for " + dtype);
          }
        }
        out.write(dtype.toBytes(data));
      }
    }
    return file;
  }
}
