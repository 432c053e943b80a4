package org.bitgaze.torch.emit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bitgaze.network.Network;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/**
 * Writes a TorchScript archive: a zip of stored entries with the class's text, a pickle of its one
 * instance, and the raw tensors, of which the class makes its attributes when it is loaded. Tensors
 * are read and written one at a time.
 */
public final class TorchScriptArchive {
  /** The method that libtorch calls with an instance's pickled state. */
  private static final String SET_STATE = "__setstate__";

  /** The method that takes the tensors of a program that was written without them. */
  public static final String LOAD = "load";

  private static final String STATE = "state: List[Tensor]) -> ";
  private static final String CLASS = "M";

  /** The tensors from before rounding and packing are not kept. */
  private static final String GET_STATE =
      "  def __getstate__(self: __torch__.%s) -> List[Tensor]:\n".formatted(CLASS)
          + "    ops.prim.RaiseException(\"a compiled program cannot be written again\")\n"
          + "    return annotate(List[Tensor], [])\n";

  private static final String NAME = "program";

  /**
   * A time without a time zone, so that the same program has the same bytes. The first moment of
   * 1980, the earliest in a zip, would be taken for an earlier one and get a zone.
   */
  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 2, 1, 0, 0);

  private TorchScriptArchive() {}

  /**
   * Writes the archive.
   *
   * @param file where to; overwritten
   * @param text the forward method's body, and the parameters that it reads
   * @param network the parameters and their precisions
   * @param signature the forward method's arguments and result, after {@code self}
   * @throws IOException if a tensor cannot be read or the file not written
   * @throws IllegalArgumentException if the text is not portable
   */
  public static void write(Path file, ProgramText text, Network network, String signature)
      throws IOException {
    if (!text.isPortable()) {
      throw new IllegalArgumentException(
          text.graph().name() + ": the program is compiled for this machine only");
    }
    ParameterText parameters = new ParameterText(text, network);
    List<String> tensors = parameters.tensors();
    if (tensors.isEmpty()) {
      writeEmpty(file, text, parameters, signature);
      return;
    }
    try (ZipOutputStream zip = open(file)) {
      entry(zip, "data.pkl", instance(tensors, parameters.source()));
      for (int i = 0; i < tensors.size(); i++) {
        entry(zip, "data/" + i, bytes(parameters.source().read(tensors.get(i))));
      }
      writeText(zip, code(text, parameters, signature, true));
    }
  }

  /**
   * Writes an archive whose attributes are empty until its method {@link #LOAD} is called.
   *
   * @param file where to; overwritten
   * @param text the forward method's body
   * @param parameters the parameters that it reads
   * @param signature the forward method's arguments and result, after {@code self}
   * @throws IOException if the file cannot be written
   */
  public static void writeEmpty(
      Path file, ProgramText text, ParameterText parameters, String signature) throws IOException {
    try (ZipOutputStream zip = open(file)) {
      entry(zip, "data.pkl", emptyInstance(parameters));
      entry(zip, "data/0", new byte[0]);
      writeText(zip, code(text, parameters, signature, false));
    }
  }

  private static ZipOutputStream open(Path file) throws IOException {
    OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
    ZipOutputStream zip = new ZipOutputStream(raw);
    zip.setMethod(ZipOutputStream.STORED);
    return zip;
  }

  private static void writeText(ZipOutputStream zip, byte[] code) throws IOException {
    entry(zip, "code/__torch__.py", code);
    entry(zip, "constants.pkl", new Pickle().op(')').stop());
    entry(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
    entry(zip, "byteorder", "little".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] code(
      ProgramText text, ParameterText parameters, String signature, boolean complete) {
    StringBuilder code = new StringBuilder("class " + CLASS + "(Module):\n");
    code.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
    parameters.attributes().forEach((name, type) -> code.append("  " + name + " : " + type + "\n"));
    append(code, "forward", signature, text.lines());
    List<String> body = new ArrayList<>(parameters.lines());
    if (complete) {
      body.add("self.training = False");
      body.add("return None");
      append(code, SET_STATE, STATE + "NoneType", body);
      // libtorch requires both or none.
      code.append(GET_STATE);
    } else if (!body.isEmpty()) {
      body.add("return state[0]");
      append(code, LOAD, STATE + "Tensor", body);
    }
    return code.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(
      StringBuilder code, String method, String signature, List<String> body) {
    code.append("  def ").append(method).append("(self: __torch__.").append(CLASS);
    code.append(",\n    ").append(signature).append(":\n");
    body.forEach(line -> code.append("    ").append(line).append('\n'));
  }

  private static byte[] instance(List<String> names, TensorSource weights) throws IOException {
    Pickle p = new Pickle().global("__torch__", CLASS).op(')').newObject();
    p.global("torch.jit._pickle", "build_tensorlist").op('(').op(']').op('(');
    for (int i = 0; i < names.size(); i++) {
      tensor(p, i, weights.shape(names.get(i)));
    }
    return p.op('e').op('t').op('R').op('b').stop();
  }

  private static byte[] emptyInstance(ParameterText parameters) {
    Pickle p = new Pickle().global("__torch__", CLASS).op(')').newObject();
    p.op('}').op('(').string("training").bool(false);
    for (Map.Entry<String, String> attribute : parameters.attributes().entrySet()) {
      p.string(attribute.getKey());
      if (attribute.getValue().equals("Tensor")) {
        tensor(p, 0, new int[] {0});
      } else {
        p.op('N');
      }
    }
    return p.op('u').op('b').stop();
  }

  private static void tensor(Pickle p, int entry, int[] shape) {
    p.global("torch._utils", "_rebuild_tensor_v2").op('(');
    p.op('(').string("storage").global("torch", "FloatStorage").string("" + entry);
    p.string("cpu").integer((int) Tensor.elements(shape)).op('t').op('Q');
    p.integer(0).tuple(shape).tuple(strides(shape)).bool(false);
    p.global("collections", "OrderedDict").op(')').op('R');
    p.op('t').op('R');
  }

  private static int[] strides(int[] shape) {
    int[] strides = new int[shape.length];
    int step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= shape[i];
    }
    return strides;
  }

  private static byte[] bytes(Tensor tensor) {
    float[] data = tensor.data();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(data.length, 4));
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(data);
    return bytes.array();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(NAME + "/" + name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(EPOCH);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
