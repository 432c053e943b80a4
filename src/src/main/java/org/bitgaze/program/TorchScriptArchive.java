package org.bitgaze.program;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * Writes a TorchScript archive: a zip of stored entries with the class's text, a pickle of its one
 * instance and the raw tensors. Tensors are read and written one at a time. Four-dimensional ones
 * get channels-last strides, which keeps convolutions of NHWC images on the fast path.
 */
public final class TorchScriptArchive {
  private static final String CLASS = "M";

  /**
   * A time in no time zone, so that the same program is the same bytes. The first moment of 1980, a
   * zip's earliest, would be taken for an earlier one and get a zone.
   */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 2, 1, 0, 0);

  private TorchScriptArchive() {}

  /**
   * Writes the archive.
   *
   * @param file where to; overwritten
   * @param text the forward method's body, and the parameters that it reads
   * @param weights where the parameters are read
   * @param signature the forward method's arguments and result, after {@code self}
   * @throws IOException if a tensor cannot be read or the file not written
   */
  public static void write(Path file, ProgramText text, TensorSource weights, String signature)
      throws IOException {
    String name = "program";
    Map<String, String> attributes = text.attributes();
    try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
        ZipOutputStream zip = new ZipOutputStream(raw)) {
      zip.setMethod(ZipOutputStream.STORED);
      entry(zip, name + "/data.pkl", instance(attributes, weights));
      int index = 0;
      for (String parameter : attributes.keySet()) {
        entry(zip, name + "/data/" + index++, bytes(weights.read(parameter)));
      }
      entry(zip, name + "/code/__torch__.py", code(attributes, signature, text.lines()));
      entry(zip, name + "/constants.pkl", new Pickle().op(')').stop());
      entry(zip, name + "/version", "3\n".getBytes(StandardCharsets.UTF_8));
      entry(zip, name + "/byteorder", "little".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static byte[] code(Map<String, String> attributes, String signature, List<String> lines) {
    StringBuilder text = new StringBuilder("class " + CLASS + "(Module):\n");
    text.append("  __parameters__ = []\n  __buffers__ = [");
    attributes.values().forEach(a -> text.append('"').append(a).append("\", "));
    text.append("]\n  training : bool\n");
    attributes.values().forEach(a -> text.append("  ").append(a).append(" : Tensor\n"));
    text.append("  def forward(self: __torch__.").append(CLASS).append(",\n    ");
    text.append(signature).append(":\n");
    lines.forEach(line -> text.append("    ").append(line).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] instance(Map<String, String> attributes, TensorSource weights)
      throws IOException {
    Pickle p = new Pickle().global("__torch__", CLASS).op(')').newObject();
    p.op('}').op('(').string("training").bool(false);
    int index = 0;
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      int[] shape = weights.shape(attribute.getKey());
      p.string(attribute.getValue());
      p.global("torch._utils", "_rebuild_tensor_v2").op('(');
      p.op('(').string("storage").global("torch", "FloatStorage").string("" + index++);
      p.string("cpu").integer((int) Tensor.elements(shape)).op('t').op('Q');
      p.integer(0).tuple(shape).tuple(strides(shape)).bool(false);
      p.global("collections", "OrderedDict").op(')').op('R');
      p.op('t').op('R');
    }
    return p.op('u').op('b').stop();
  }

  private static int[] strides(int[] shape) {
    if (shape.length == 4) {
      int channels = shape[1];
      return new int[] {channels * shape[2] * shape[3], 1, channels * shape[3], channels};
    }
    int[] strides = new int[shape.length];
    int step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape[i];
    }
    return strides;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    float[] data = tensor.data();
    int[] shape = tensor.shape();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(data.length, 4));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    if (shape.length == 4) {
      int plane = shape[2] * shape[3];
      for (int o = 0; o < shape[0]; o++) {
        for (int pixel = 0; pixel < plane; pixel++) {
          for (int i = 0; i < shape[1]; i++) {
            bytes.putFloat(data[(o * shape[1] + i) * plane + pixel]);
          }
        }
      }
    } else {
      bytes.asFloatBuffer().put(data);
    }
    return bytes.clear();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    entry(zip, name, ByteBuffer.wrap(content));
  }

  private static void entry(ZipOutputStream zip, String name, ByteBuffer content)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content.array());
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(content.capacity());
    entry.setCompressedSize(content.capacity());
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    zip.putNextEntry(entry);
    zip.write(content.array());
    zip.closeEntry();
  }
}
