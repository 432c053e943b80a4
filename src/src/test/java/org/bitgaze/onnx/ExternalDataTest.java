package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.testing.OnnxModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors beside the model are read where they belong, and nothing else is opened. */
class ExternalDataTest {
  @TempDir private Path top;

  /** A model whose only weight lies at 8 bytes from the beginning of a file. */
  private OnnxNetwork read(String location, String length) throws IOException {
    return read(location, length, "");
  }

  private OnnxNetwork read(String location, String length, String sha1) throws IOException {
    TensorProto.Builder w =
        TensorProto.newBuilder()
            .setName("w")
            .setDataType(1)
            .addAllDims(List.of(3L, 1L, 1L, 1L))
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(entry("location", location))
            .addExternalData(entry("offset", "8"));
    if (!length.isEmpty()) {
      w.addExternalData(entry("length", length));
    }
    if (!sha1.isEmpty()) {
      w.addExternalData(entry("checksum", sha1));
    }
    Path model =
        OnnxModels.of(17, 8)
            .tensor(w.build())
            .node("Conv", "x,w", "c", "group", 3)
            .node("GlobalAveragePool", "c", "p")
            .node("Flatten", "p", "y")
            .write(Files.createDirectories(top.resolve("model")).resolve("m.onnx"), "y");
    return OnnxNetwork.read(model, InputDescription.DEFAULT, ClippedLogits.PASS);
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private void data(String path) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(8);
    bytes.putFloat(1.5f).putFloat(-2).putFloat(3);
    Path file = top.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes.array());
  }

  @ParameterizedTest
  @CsvSource({"m.data,''", "below/m.data,12", "./below/../m.data,12"})
  void whatLiesInTheFolderIsRead(String location, String length) throws IOException {
    data("model/m.data");
    data("model/below/m.data");
    OnnxNetwork found = read(location, length);
    assertArrayEquals(new float[] {1.5f, -2, 3}, found.network().weights().read("c.weight").data());
    assertEquals(2, found.files().size());
  }

  @ParameterizedTest
  @CsvSource({
    "../outside.data,not in the model's folder",
    "below/../../outside.data,not in the model's folder",
    "link.data,not a file of the model's folder",
    "links/outside.data,not a file of the model's folder",
    "below,not a file of the model's folder",
    "'',not in the model's folder",
    "none.data,not there",
    "short.data,needs 12 bytes"
  })
  void othersAreRefused(String location, String why) throws IOException {
    data("outside.data");
    data("model/below/m.data");
    Files.write(top.resolve("model/short.data"), new byte[19]);
    Files.createSymbolicLink(top.resolve("model/link.data"), top.resolve("outside.data"));
    Files.createSymbolicLink(top.resolve("model/links"), top);
    OnnxException e = assertThrows(OnnxException.class, () -> read(location, ""));
    assertTrue(e.getMessage().contains("tensor 'w' "), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void anotherFilesChecksumIsRefused() throws Exception {
    data("model/m.data");
    byte[] bytes = Files.readAllBytes(top.resolve("model/m.data"));
    String sha1 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
    assertEquals(2, read("m.data", "", sha1).files().size());
    assertEquals(2, read("m.data", "", sha1.toUpperCase(Locale.ROOT)).files().size());
    bytes[0]++;
    Files.write(top.resolve("model/m.data"), bytes);
    OnnxException e = assertThrows(OnnxException.class, () -> read("m.data", "", sha1));
    assertTrue(e.getMessage().contains("tensor 'w' is kept in"), e.getMessage());
    assertTrue(e.getMessage().contains("not " + sha1), e.getMessage());
  }

  @Test
  void absolutePathsAndOtherLengthsAreRefused() throws IOException {
    data("model/m.data");
    String absolute = top.resolve("model/m.data").toString();
    assertThrows(OnnxException.class, () -> read(absolute, ""));
    assertThrows(OnnxException.class, () -> read("m.data", "16"));
    assertThrows(OnnxException.class, () -> read("m.data", "much"));
  }
}
