package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitgaze.graph.Network;

/**
 * A network that was read from an ONNX file.
 *
 * @param network nodes are named as the file's tensors; checked
 * @param side height and width of the images that it takes
 * @param targetLayer the last tensor with height and width before global pooling
 */
public record OnnxNetwork(Network network, int side, String targetLayer) {
  /** Protobuf's own limit is 2 GiB; a model of one file is less. */
  private static final long LARGEST = 1L << 30;

  /** Messages within messages; a network without subgraphs has about 6. */
  private static final int DEEPEST = 32;

  /**
   * Reads a file. Nothing else is opened: tensors that are kept in other files are refused.
   *
   * @param file an ONNX model, opset 11 to 21: a float network or one with QuantizeLinear and
   *     DequantizeLinear pairs
   * @param clipped what the gradient does where the network's own output is clipped
   * @return the network
   * @throws OnnxException if it is damaged or not supported, naming node and operator
   * @throws IOException if the file cannot be read
   */
  public static OnnxNetwork read(Path file, ClippedLogits clipped) throws IOException {
    long size = Files.size(file);
    if (size == 0 || size > LARGEST) {
      throw new OnnxException(file + ": " + size + " bytes are no ONNX model", null);
    }
    ModelProto model;
    try {
      CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(file));
      in.setRecursionLimit(DEEPEST);
      model = ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxException(file + ": is no ONNX model: " + e.getMessage(), e);
    }
    try {
      return new Importer(file.toString(), model, clipped == ClippedLogits.STRICT).read();
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new OnnxException(file + ": " + e.getMessage(), e);
    }
  }
}
