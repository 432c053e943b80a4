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
  private static final long LARGEST = Integer.MAX_VALUE;

  /**
   * What is no tensor becomes many small objects, which take more memory than they do in a file.
   */
  private static final long LARGEST_STRUCTURE = 1L << 26;

  private static final int MOST_NODES = 20_000;

  /** Messages within messages; a network without subgraphs has about 6. */
  private static final int DEEPEST = 32;

  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALIZER = 5;

  /** Fields of a tensor that hold elements, by number. */
  private static final int[] ELEMENTS = {4, 5, 7, 9, 10, 11};

  /** A file larger than this is mapped. */
  private static final long SMALL = 1L << 20;

  /**
   * Reads a file.
   *
   * @throws OnnxException if it is no model, damaged, or of operators that are not known
   * @throws IOException if it cannot be read
   */
  static OnnxFile read(Path path) throws IOException {
    ByteString bytes = bytes(path);
    try {
      Outline outline = new Outline(bytes.newCodedInput());
      if (outline.nodes > MOST_NODES || bytes.size() - outline.elements > LARGEST_STRUCTURE) {
        throw new IllegalArgumentException("has " + outline.nodes + " nodes: too many");
      }
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
    if (size <= SMALL) {
      return UnsafeByteOperations.unsafeWrap(Files.readAllBytes(path));
    }
    try (FileChannel in = FileChannel.open(path)) {
      ByteBuffer mapped = in.map(FileChannel.MapMode.READ_ONLY, 0, size);
      return UnsafeByteOperations.unsafeWrap(mapped);
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

  /** What a file holds, counted without making objects of it. */
  private static final class Outline {
    private int nodes;
    private long elements;

    Outline(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (isMessage(tag, GRAPH)) {
          int outer = in.pushLimit(in.readRawVarint32());
          graph(in);
          in.popLimit(outer);
        } else {
          skip(in, tag);
        }
      }
    }

    private void graph(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        nodes += isMessage(tag, NODE) ? 1 : 0;
        if (isMessage(tag, INITIALIZER)) {
          int outer = in.pushLimit(in.readRawVarint32());
          tensor(in);
          in.popLimit(outer);
        } else {
          skip(in, tag);
        }
      }
    }

    private void tensor(CodedInputStream in) throws IOException {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        int start = in.getTotalBytesRead();
        skip(in, tag);
        for (int field : ELEMENTS) {
          elements += isMessage(tag, field) ? in.getTotalBytesRead() - start : 0;
        }
      }
    }

    /** Groups, which ONNX has none of, are skipped by recursion, as deep as a file wants. */
    private static void skip(CodedInputStream in, int tag) throws IOException {
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP) {
        throw new IllegalArgumentException("is no ONNX model: it has a group");
      }
      in.skipField(tag);
    }

    private static boolean isMessage(int tag, int field) {
      return tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }
  }
}
