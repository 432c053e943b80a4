package org.bitgaze.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.weights.TensorSource;

/** Writes small ONNX files, one node after the other. */
public final class OnnxModels {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("small");
  private final int opset;

  private OnnxModels(int opset) {
    this.opset = opset;
  }

  /** A model whose input {@code x} is 1 x 3 x side x side. */
  public static OnnxModels of(int opset, int side) {
    return of(opset, 1, 3, side, side);
  }

  /** A model whose input {@code x} has these sizes. */
  public static OnnxModels of(int opset, int... shape) {
    OnnxModels m = new OnnxModels(opset);
    m.graph.addInput(info("x", shape));
    return m;
  }

  private static ValueInfoProto info(String name, int... shape) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (int size : shape) {
      sizes.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(1).setShape(sizes);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  /** An attribute: an int, a float, a string, ints or a tensor. */
  public static AttributeProto attribute(String name, Object value) {
    AttributeProto.Builder a = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer i) {
      a.setType(AttributeType.INT).setI(i);
    } else if (value instanceof Float f) {
      a.setType(AttributeType.FLOAT).setF(f);
    } else if (value instanceof String s) {
      a.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
    } else if (value instanceof float[] all) {
      a.setType(AttributeType.FLOATS);
      for (float f : all) {
        a.addFloats(f);
      }
    } else if (value instanceof TensorProto t) {
      a.setType(AttributeType.TENSOR).setT(t);
    } else {
      a.setType(AttributeType.INTS);
      for (int i : (int[]) value) {
        a.addInts(i);
      }
    }
    return a.build();
  }

  /** Adds a node; names and values of attributes follow each other. */
  public OnnxModels node(String type, String inputs, String outputs, Object... attributes) {
    NodeProto.Builder n = NodeProto.newBuilder().setOpType(type).setName("/" + outputs);
    n.addAllInput(inputs.isEmpty() ? List.of() : List.of(inputs.split(",", -1)));
    n.addAllOutput(List.of(outputs.split(",")));
    for (int i = 0; i < attributes.length; i += 2) {
      n.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    graph.addNode(n);
    return this;
  }

  /** Adds a node of another domain. */
  public OnnxModels foreign(
      String domain, String type, String inputs, String outputs, Object... attributes) {
    node(type, inputs, outputs, attributes);
    int last = graph.getNodeCount() - 1;
    graph.setNode(last, graph.getNode(last).toBuilder().setDomain(domain));
    return this;
  }

  /** Adds a tensor of float32. */
  public OnnxModels floats(String name, int[] shape, float... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(1);
    for (int size : shape) {
      t.addDims(size);
    }
    for (float value : values) {
      t.addFloatData(value);
    }
    return tensor(t.build());
  }

  /** Adds a vector of int64. */
  public OnnxModels longs(String name, long... values) {
    TensorProto.Builder t =
        TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
    for (long value : values) {
      t.addInt64Data(value);
    }
    return tensor(t.build());
  }

  /** Adds a tensor of small integers of some type. */
  public OnnxModels ints(String name, int type, int[] shape, int... values) {
    TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(type);
    for (int size : shape) {
      t.addDims(size);
    }
    for (int value : values) {
      t.addInt32Data(value);
    }
    return tensor(t.build());
  }

  /** Adds a tensor. */
  public OnnxModels tensor(TensorProto tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /**
   * A network of the zoo as an ONNX model: convolutions, batch norms and what MobileNetV2 needs.
   */
  public static OnnxModels of(Graph graph, TensorSource weights, int side) throws IOException {
    OnnxModels m = of(17, side).floats("0", new int[0], 0).floats("6", new int[0], 6);
    for (Node node : graph.nodes()) {
      Op op = node.op();
      List<String> inputs =
          new ArrayList<>(node.inputs().stream().map(i -> i.equals("input") ? "x" : i).toList());
      for (String local : op.parameters().keySet()) {
        String name = node.name() + "." + local;
        m.floats(name, weights.shape(name), weights.read(name).data());
        inputs.add(name);
      }
      String in = String.join(",", inputs);
      if (op instanceof Conv2d c) {
        int[] pads = {
          c.padding().height(), c.padding().width(), c.padding().height(), c.padding().width()
        };
        int[] strides = {c.stride().height(), c.stride().width()};
        m.node("Conv", in, node.name(), "group", c.groups(), "pads", pads, "strides", strides);
      } else if (op instanceof BatchNorm2d b) {
        m.node("BatchNormalization", in, node.name(), "epsilon", (float) b.eps());
      } else if (op instanceof ReLU6) {
        m.node("Clip", in + ",0,6", node.name());
      } else if (op instanceof Linear) {
        m.node("Gemm", in, node.name(), "transB", 1);
      } else if (!(op instanceof Input)) {
        m.node(
            op instanceof Add
                ? "Add"
                : op instanceof Flatten
                    ? "Flatten"
                    : op instanceof Dropout ? "Dropout" : "GlobalAveragePool",
            in,
            node.name());
      }
    }
    return m;
  }

  /** Writes the model with an output, or several with commas between. */
  public Path write(Path file, String output) throws IOException {
    GraphProto.Builder all = graph.clone();
    for (String name : output.split(",")) {
      all.addOutput(info(name));
    }
    GraphProto whole = all.build();
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .setGraph(whole)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
            .build();
    return Files.write(file, model.toByteArray());
  }

  /**
   * Writes a classifier of 14 x 14 pixels whose target layer {@code r} has its channels first.
   *
   * @param file to write
   * @return the file
   */
  public static Path channelsFirst(Path file) throws IOException {
    return convolved()
        .node("Relu", "c", "r")
        .node("ReduceMean", "r", "f", "axes", new int[] {2, 3}, "keepdims", 0)
        .write(file, "f");
  }

  /**
   * Writes a classifier with the numbers of {@link #channelsFirst}, but as tokens.
   *
   * @param file to write
   * @return the file
   */
  public static Path tokens(Path file) throws IOException {
    return convolved()
        .longs("s", -1, 2, 196)
        .node("Reshape", "c,s", "p")
        .node("Transpose", "p", "t", "perm", new int[] {0, 2, 1})
        .node("Relu", "t", "r")
        .node("ReduceMean", "r", "f", "axes", new int[] {1}, "keepdims", 0)
        .write(file, "f");
  }

  private static OnnxModels convolved() {
    return of(17, 14)
        .floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6)
        .node("Conv", "x,w", "c");
  }
}
