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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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

  /** The output's name is as long as one wants: it moves the tensor behind it in the file. */
  private Path inline(String output, float... values) throws IOException {
    return model(weight().setRawData(ByteString.copyFrom(bytes(0, values))).build(), output, 1);
  }

  private Path model(TensorProto weight, String output, int transB) throws IOException {
    return OnnxModels.of(17, 8)
        .tensor(weight)
        .node("Flatten", "x", "f")
        .node("Gemm", "f,w", output, "transB", transB)
        .write(folder.resolve(output + ".onnx"), output);
  }

  private static TensorSource open(Path file) throws IOException {
    return OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS).network().weights();
  }

  private static void check(Path file, String name, float... expected) throws IOException {
    TensorSource one = open(file);
    TensorSource other = open(file);
    ByteBuffer mapped = one.map(name).orElseThrow();
    assertTrue(mapped.isDirect());
    assertEquals(0, mapped.alignmentOffset(0, 64));
    float[] found = new float[expected.length];
    mapped.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
    assertArrayEquals(expected, found);
    assertArrayEquals(expected, one.read(name).data());
    assertSame(mapped, one.map(name).orElseThrow());
    assertSame(mapped, other.map(name).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "yy", "yyy", "yyyy"})
  void tensorsOfTheModel(String output) throws IOException {
    check(inline(output, values()), output + ".weight", values());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 64})
  void tensorsBesideTheModel(int offset) throws IOException {
    Files.write(folder.resolve("w.data"), bytes(offset, values()));
    TensorProto.Builder weight = weight().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    weight.addExternalData(
        StringStringEntryProto.newBuilder().setKey("location").setValue("w.data"));
    weight.addExternalData(
        StringStringEntryProto.newBuilder().setKey("offset").setValue("" + offset));
    check(model(weight.build(), "y", 1), "y.weight", values());
  }

  @Test
  void whatIsComputedIsNotMapped() throws IOException {
    TensorProto turned =
        weight()
            .setDims(0, INPUTS)
            .setDims(1, CLASSES)
            .setRawData(ByteString.copyFrom(bytes(0, values())))
            .build();
    TensorSource weights = open(model(turned, "y", 0));
    assertTrue(weights.map("y.weight").isEmpty());
    assertEquals(values()[1], weights.read("y.weight").data()[INPUTS]);
  }

  @Test
  void whatIsNotFiniteIsRefused() throws IOException {
    float[] values = values();
    values[1000] = Float.NaN;
    TensorSource weights = open(inline("y", values));
    OnnxException e = assertThrows(OnnxException.class, () -> weights.map("y.weight"));
    assertTrue(e.getMessage().contains("tensor 'y.weight' has NaN at element 1000"));
  }
}
