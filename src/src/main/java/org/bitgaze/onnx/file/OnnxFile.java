package org.bitgaze.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.weights.Bytes;
import org.bitgaze.weights.MappedRegions;
import org.bitgaze.weights.MappedRegions.FileState;

/**
 * A model whose outer form was checked: its operator set is supported, and the number of its nodes
 * is bounded. Functions of the model are replaced by their nodes. Tensors stay in the file until
 * they are read.
 *
 * @param path of the file
 * @param graph its content
 * @param opset the version of ONNX's operators
 */
public record OnnxFile(Path path, GraphProto graph, int opset) {
  private static final int OLDEST_OPSET = 7;
  private static final int NEWEST_OPSET = 23;

  /** Protobuf's own limit is 2 GiB; larger models keep tensors in files beside them. */
  private static final long MAX_SIZE = Bytes.MOST;

  /** All but tensors becomes many small objects, which take more memory than in a file. */
  private static final long MAX_STRUCTURE = 1L << 26;

  static final int MAX_NODES = 20_000;

  /** Messages within messages; a network without subgraphs has about 6. */
  private static final int MAX_DEPTH = 32;

  /**
   * Fields of a tensor with elements that are as large in memory: float_data, raw_data, doubles.
   */
  private static final Set<Integer> REALS = Set.of(4, 9, 10);

  /** int32_data, which holds weights of 8 bits, too: a byte of the file may be four in memory. */
  private static final int INTEGERS = 5;

  private static final long MAX_INTEGERS = 1L << 28;

  /** Skipped fields may be small messages, which take 60 times their size in memory. */
  private static final long MAX_SKIPPED = 1L << 24;

  /** Fields of an attribute that hold graphs. */
  private static final Set<Integer> SUBGRAPHS = Set.of(6, 11);

  /** Nodes, names, sizes and attributes: a network of 20,000 nodes has some 500,000. */
  private static final long MAX_FIELDS = 2_000_000;

  /**
   * Reads a file.
   *
   * @param path of the file
   * @return the model
   * @throws OnnxException if it is not a model, is damaged, or its operator set is not supported
   * @throws IOException if it cannot be read
   */
  public static OnnxFile read(Path path) throws IOException {
    return read(
        path,
        false,
        model -> {
          int opset = opset(model);
          return new OnnxFile(path, Functions.of(model).inline(model.getGraph()), opset);
        });
  }

  /**
   * Reads a file for another runtime: as it is, with graphs within nodes, of any operator set.
   *
   * @param path of the file
   * @return the model; tensors stay in the file until they are read
   * @throws OnnxException if it is not a model, is damaged, or exceeds the same bounds
   * @throws IOException if it cannot be read
   */
  public static ModelProto model(Path path) throws IOException {
    return read(path, true, model -> model);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(ModelProto model) throws InvalidProtocolBufferException;
  }

  private static <T> T read(Path path, boolean subgraphs, Reading<T> reading) throws IOException {
    Optional<String> other = Lookalike.of(path);
    if (other.isPresent()) {
      throw new OnnxException(path + ": " + other.get(), null);
    }
    ByteString bytes = bytes(path);
    try {
      CodedInputStream first = bytes.newCodedInput();
      first.enableAliasing(true);
      Outline outline = new Outline(first, subgraphs);
      outline.check(bytes.size());
      CodedInputStream in = bytes.newCodedInput();
      in.setRecursionLimit(MAX_DEPTH);
      in.enableAliasing(true);
      return reading.of(ModelProto.parseFrom(in));
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxException(path + ": is not an ONNX model, or is damaged: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  private static ByteString bytes(Path path) throws IOException {
    long size = Files.size(path);
    if (size == 0 || size > MAX_SIZE) {
      throw new OnnxException(path + ": " + size + " bytes are not an ONNX model", null);
    }
    FileState state = FileState.of(path);
    try (FileChannel in = FileChannel.open(path)) {
      Optional<ByteBuffer> mapped = MappedRegions.map(in, state, 0, size);
      return UnsafeByteOperations.unsafeWrap(
          mapped.isPresent() ? mapped.get() : ByteBuffer.wrap(Files.readAllBytes(path)));
    }
  }

  private static int opset(ModelProto model) {
    long version = 0;
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx")) {
        version = set.getVersion();
      }
    }
    if (version < OLDEST_OPSET || version > NEWEST_OPSET) {
      throw new IllegalArgumentException(
          "has operator set %d; supported are %d to %d"
              .formatted(version, OLDEST_OPSET, NEWEST_OPSET));
    }
    if (model.getGraph().getSparseInitializerCount() > 0) {
      throw new IllegalArgumentException("has sparse tensors, which are not supported");
    }
    if (model.getGraph().getNodeCount() == 0) {
      throw new IllegalArgumentException("has no nodes");
    }
    return (int) version;
  }

  /** Messages that hold tensors, and the tensors. */
  private enum Part {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR,
    FUNCTION;

    /** The part that a field of this one holds, by the numbers of onnx.proto. */
    Optional<Part> inner(int field) {
      return Optional.ofNullable(
          switch (this) {
            case MODEL -> field == 7 ? GRAPH : field == Functions.FIELD ? FUNCTION : null;
            case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : null;
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE -> field == 5 ? TENSOR : SUBGRAPHS.contains(field) ? GRAPH : null;
            case TENSOR -> null;
            case FUNCTION ->
                field == Functions.NODES ? NODE : field == Functions.DEFAULTS ? ATTRIBUTE : null;
          });
    }
  }

  /** The content of a file, counted without creating objects. */
  private static final class Outline {
    private int nodes;

    /** Fields: each may become an object. */
    private long fields;

    /** Bytes of elements, which take about as much memory as in the file. */
    private long elements;

    private long integers;

    /** Bytes of skipped fields: names, descriptions, types. */
    private long skipped;

    private final boolean subgraphs;
    private int depth;

    Outline(CodedInputStream in, boolean subgraphs) throws IOException {
      this.subgraphs = subgraphs;
      walk(in, Part.MODEL);
    }

    /** Goes down to the tensors: those of the graph, and those of nodes that are constants. */
    private void walk(CodedInputStream in, Part part) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        fields++;
        boolean isMessage = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        Optional<Part> inner =
            isMessage ? part.inner(WireFormat.getTagFieldNumber(tag)) : Optional.empty();
        if (!subgraphs
            && part == Part.ATTRIBUTE
            && SUBGRAPHS.contains(WireFormat.getTagFieldNumber(tag))) {
          throw new IllegalArgumentException("has a graph within a node, which is not supported");
        }
        if (inner.isEmpty()) {
          int start = in.getTotalBytesRead();
          skip(in, tag);
          skipped += in.getTotalBytesRead() - start;
          continue;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        nodes += inner.get() == Part.NODE ? 1 : 0;
        if (++depth > MAX_DEPTH) {
          throw new IllegalArgumentException("has graphs within graphs, too deep");
        }
        if (inner.get() == Part.TENSOR) {
          tensor(in);
        } else {
          walk(in, inner.get());
        }
        depth--;
        in.popLimit(outer);
      }
    }

    private void tensor(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        fields++;
        int start = in.getTotalBytesRead();
        int field = WireFormat.getTagFieldNumber(tag);
        boolean isMessage = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        if (isMessage && field == INTEGERS) {
          integers += values(in.readBytes());
        } else {
          skip(in, tag);
        }
        int size = in.getTotalBytesRead() - start;
        if (isMessage && (REALS.contains(field) || field == INTEGERS)) {
          elements += size;
        } else {
          skipped += size;
        }
      }
    }

    /** Each value's last byte has no top bit: a negative one takes ten bytes. */
    private static int values(ByteString packed) {
      int values = 0;
      for (int i = 0; i < packed.size(); i++) {
        values += packed.byteAt(i) >= 0 ? 1 : 0;
      }
      return values;
    }

    /** Groups, which ONNX has none of, are skipped by recursion, as deep as a file wants. */
    private static void skip(CodedInputStream in, int tag) throws IOException {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
        throw new IllegalArgumentException("is not an ONNX model: it has a group");
      }
      in.skipField(tag);
    }

    void check(long size) {
      if (nodes > MAX_NODES) {
        throw new IllegalArgumentException("has " + nodes + " nodes: too many");
      }
      if (fields > MAX_FIELDS) {
        throw new IllegalArgumentException("has " + fields + " parts: too many");
      }
      if (size - elements > MAX_STRUCTURE || skipped > MAX_SKIPPED) {
        throw new IllegalArgumentException(
            "has " + (size - elements) + " bytes besides the elements of tensors: too many");
      }
      if (integers > MAX_INTEGERS) {
        throw new IllegalArgumentException(
            "has " + integers + " integers that are not raw data: too many");
      }
    }
  }
}
