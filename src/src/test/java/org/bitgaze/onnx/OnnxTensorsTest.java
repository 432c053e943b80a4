package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.bitgaze.onnx.file.ExternalData;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.weights.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large tensors are held once, as they lie in the file, for all who open it. */
class OnnxTensorsTest {
  private static final int INPUTS = 3 * 8 * 8;
  private static final int CLASSES = 1400;

  @TempDir private Path folder;

  private static TensorProto.Builder weight() {
    return TensorProto.newBuilder()
        .setName("w")
        .setDataType(1)
        .addAllDims(List.of((long) CLASSES, (long) INPUTS));
  }

  private static float[] values() {
    Random random = new Random(5);
    float[] values = new float[CLASSES * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static byte[] bytes(int offset, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(offset + 4 * values.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).position(offset);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private Path inline(float... values) throws IOException {
    return model(weight().setRawData(ByteString.copyFrom(bytes(0, values))).build(), 1);
  }

  private Path model(TensorProto weight, int transB) throws IOException {
    return OnnxModels.of(17, 8)
        .tensor(weight)
        .node("Flatten", "x", "f")
        .node("Gemm", "f,w", "y", "transB", transB)
        .write(folder.resolve("m.onnx"), "y");
  }

  private static TensorSource open(Path file) throws IOException {
    return OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS).network().weights();
  }

  /**
   * Returns whether the tensor lies where the file has it: a copy shows nothing that is written.
   */
  private static boolean check(Path model, Path file, int position) throws IOException {
    TensorSource one = open(model);
    TensorSource other = open(model);
    ByteBuffer mapped = one.map("y.weight").orElseThrow();
    assertTrue(mapped.isDirect() && mapped.isReadOnly());
    assertEquals(ByteOrder.LITTLE_ENDIAN, mapped.order());
    assertEquals(0, mapped.alignmentOffset(0, 64));
    float[] found = new float[CLASSES * INPUTS];
    mapped.asFloatBuffer().get(found);
    assertArrayEquals(values(), found);
    assertArrayEquals(values(), one.read("y.weight").data());
    assertSame(mapped, one.map("y.weight").orElseThrow());
    assertSame(mapped, other.map("y.weight").orElseThrow());
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(bytes(0, 42)), position);
    }
    return mapped.getFloat(0) == 42;
  }

  /**
   * A field of the model's before the graph, as long as one wants, moves the tensor in the file.
   */
  @Test
  void tensorsOfTheModel() throws IOException {
    byte[] model = Files.readAllBytes(inline(values()));
    int begin = text(model).indexOf(text(bytes(0, values())));
    int mapped = 0;
    for (int producer = 0; producer < 64; producer++) {
      Path file = folder.resolve("moved" + producer + ".onnx");
      int position = begin + 2 + producer;
      try (OutputStream out = Files.newOutputStream(file)) {
        out.write(new byte[] {2 << 3 | 2, (byte) producer});
        out.write("p".repeat(producer).getBytes(StandardCharsets.US_ASCII));
        out.write(model);
      }
      boolean isMapped = check(file, file, position);
      assertEquals(position % 64 == 0, isMapped, "at " + position);
      mapped += isMapped ? 1 : 0;
    }
    assertEquals(1, mapped);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 64, 100})
  void tensorsBesideTheModel(int offset) throws IOException {
    Path file = Files.write(folder.resolve("w.data"), bytes(offset, values()));
    boolean isMapped = check(model(beside(offset).build(), 1), file, offset);
    assertEquals(offset % 64 == 0, isMapped);
  }

  /** In a file that holds more than a buffer does, and takes no space: across a part's end, too. */
  @ParameterizedTest
  @ValueSource(longs = {3L << 30, (2L << 30) - 8})
  void tensorsFarBehind(long offset) throws IOException {
    Path file = folder.resolve("w.data");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(bytes(0, values())), offset + 4);
    }
    TensorSource weights = open(model(beside(offset + 4).build(), 1));
    float[] found = new float[CLASSES * INPUTS];
    weights.map("y.weight").orElseThrow().asFloatBuffer().get(found);
    assertArrayEquals(values(), found);
  }

  /** As many bytes as a part has, just before the next. */
  @Test
  void aTensorAsLargeAsAPart() throws IOException {
    Path file = folder.resolve("w.data");
    long offset = (1L << 30) - 4;
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(bytes(0, 7)), offset + (1L << 30) - 4);
    }
    TensorProto w = beside(offset).setDims(0, 1 << 28).setDims(1, 1).build();
    ByteBuffer found = new ExternalData(folder).read(w, 1L << 30);
    assertEquals(1 << 30, found.remaining());
    assertEquals(7, found.getFloat((1 << 30) - 4));
  }

  private static TensorProto.Builder beside(long offset) {
    return weight()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "w.data"))
        .addExternalData(entry("offset", "" + offset));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  @Test
  void whatIsComputedIsNotMapped() throws IOException {
    TensorProto turned =
        weight()
            .setDims(0, INPUTS)
            .setDims(1, CLASSES)
            .setRawData(ByteString.copyFrom(bytes(0, values())))
            .build();
    TensorSource weights = open(model(turned, 0));
    assertTrue(weights.map("y.weight").isEmpty());
    assertEquals(values()[1], weights.read("y.weight").data()[INPUTS]);
  }

  @Test
  void whatIsNotFiniteIsRefused() throws IOException {
    float[] values = values();
    values[1000] = Float.NaN;
    TensorSource weights = open(inline(values));
    OnnxException e = assertThrows(OnnxException.class, () -> weights.map("y.weight"));
    assertTrue(e.getMessage().contains("tensor 'y.weight' has NaN at element 1000"));
  }
}
