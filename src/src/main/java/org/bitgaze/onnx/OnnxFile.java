package org.bitgaze.onnx;

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
 * A file whose outer form was checked: it is a model, of operators that are known, of a bounded
 * number of nodes. Tensors stay in the file until they are read.
 *
 * @param path of the file
 * @param model its content
 * @param opset the version of ONNX's operators
 */
record OnnxFile(Path path, ModelProto model, int opset) {
  static final int OLDEST = 11;
  static final int NEWEST = 21;

  /** Protobuf's own limit is 2 GiB; larger models keep tensors in files beside them. */
  private static final long LARGEST = Bytes.MOST;

  /**
   * What is no tensor becomes many small objects, which take more memory than they do in a file.
   */
  private static final long LARGEST_STRUCTURE = 1L << 26;

  private static final int MOST_NODES = 20_000;

  /** Messages within messages; a network without subgraphs has about 6. */
  private static final int DEEPEST = 32;

  /**
   * Fields of a tensor with elements that are as large in memory: float_data, raw_data, doubles.
   */
  private static final Set<Integer> REALS = Set.of(4, 9, 10);

  /** int32_data, which holds weights of 8 bits, too: a byte of the file may be four in memory. */
  private static final int INTEGERS = 5;

  private static final long MOST_INTEGERS = 1L << 28;

  /** What is not looked into may be small messages, of 60 times their size in memory. */
  private static final long MOST_SKIPPED = 1L << 24;

  /** Fields of an attribute that hold graphs. */
  private static final Set<Integer> SUBGRAPHS = Set.of(6, 11);

  /** Nodes, names, sizes and attributes: a network of 20,000 nodes has some 500,000. */
  private static final long MOST_FIELDS = 2_000_000;

  /**
   * Reads a file.
   *
   * @throws OnnxException if it is no model, damaged, or of operators that are not known
   * @throws IOException if it cannot be read
   */
  static OnnxFile read(Path path) throws IOException {
    ByteString bytes = bytes(path);
    try {
      CodedInputStream first = bytes.newCodedInput();
      first.enableAliasing(true);
      Outline outline = new Outline(first);
      outline.check(bytes.size());
      CodedInputStream in = bytes.newCodedInput();
      in.setRecursionLimit(DEEPEST);
      in.enableAliasing(true);
      ModelProto model = ModelProto.parseFrom(in);
      return new OnnxFile(path, model, opset(model));
    } catch (InvalidProtocolBufferException e) {
      throw new OnnxException(path + ": is no ONNX model: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new OnnxException(path + ": " + e.getMessage(), e);
    }
  }

  private static ByteString bytes(Path path) throws IOException {
    long size = Files.size(path);
    if (size == 0 || size > LARGEST) {
      throw new OnnxException(path + ": " + size + " bytes are no ONNX model", null);
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
    if (version < OLDEST || version > NEWEST) {
      throw new IllegalArgumentException(
          "is of operator set "
              + version
              + "; those from "
              + OLDEST
              + " to "
              + NEWEST
              + " are supported");
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
    TENSOR;

    /** What a field of this one holds, by onnx.proto's numbers. */
    Optional<Part> inner(int field) {
      return Optional.ofNullable(
          switch (this) {
            case MODEL -> field == 7 ? GRAPH : null;
            case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : null;
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE -> field == 5 ? TENSOR : null;
            case TENSOR -> null;
          });
    }
  }

  /** What a file holds, counted without making objects of it. */
  private static final class Outline {
    private int nodes;

    /** Fields: each may become an object. */
    private long fields;

    /** Bytes of elements that take no more memory than they do in the file, or little more. */
    private long elements;

    private long integers;

    /** Bytes of what is not looked into: names, descriptions, types. */
    private long skipped;

    Outline(CodedInputStream in) throws IOException {
      walk(in, Part.MODEL);
    }

    /** Goes down to the tensors: those of the graph, and those of nodes that are constants. */
    private void walk(CodedInputStream in, Part part) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        fields++;
        boolean isMessage = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        Optional<Part> inner =
            isMessage ? part.inner(WireFormat.getTagFieldNumber(tag)) : Optional.empty();
        if (part == Part.ATTRIBUTE && SUBGRAPHS.contains(WireFormat.getTagFieldNumber(tag))) {
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
        if (inner.get() == Part.TENSOR) {
          tensor(in);
        } else {
          walk(in, inner.get());
        }
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
        throw new IllegalArgumentException("is no ONNX model: it has a group");
      }
      in.skipField(tag);
    }

    void check(long size) {
      if (nodes > MOST_NODES) {
        throw new IllegalArgumentException("has " + nodes + " nodes: too many");
      }
      if (fields > MOST_FIELDS) {
        throw new IllegalArgumentException("has " + fields + " parts: too many");
      }
      if (size - elements > LARGEST_STRUCTURE || skipped > MOST_SKIPPED) {
        throw new IllegalArgumentException(
            "has " + (size - elements) + " bytes that are no tensor's elements: too many");
      }
      if (integers > MOST_INTEGERS) {
        throw new IllegalArgumentException(
            "has " + integers + " integers that are not raw data: too many");
      }
    }
  }
}
