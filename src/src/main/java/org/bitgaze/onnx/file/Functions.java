package org.bitgaze.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The functions that a model defines: names for several nodes. A call is replaced by the function's
 * nodes. The bundled ONNX classes are older than functions, so these are read from the fields that
 * the classes do not know.
 */
final class Functions {
  /** Field of a model that holds functions. */
  static final int FIELD = 25;

  /** Field of a function that holds its nodes. */
  static final int NODES = 7;

  /** Field of a function that holds attributes with their default values. */
  static final int DEFAULTS = 11;

  /** Exporters nest a few: a module within a module. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_NAME = 120;

  private final Map<String, Function> byName = new HashMap<>();
  private int calls;

  private Functions() {}

  /** A function: its parameters, results, default attributes and nodes. */
  private record Function(
      List<String> inputs,
      List<String> outputs,
      List<AttributeProto> defaults,
      List<NodeProto> nodes) {}

  /** Reads a model's functions. */
  static Functions of(ModelProto model) throws InvalidProtocolBufferException {
    Functions all = new Functions();
    for (ByteString bytes : model.getUnknownFields().getField(FIELD).getLengthDelimitedList()) {
      UnknownFieldSet f = UnknownFieldSet.parseFrom(bytes);
      List<AttributeProto> defaults = new ArrayList<>();
      for (ByteString a : f.getField(DEFAULTS).getLengthDelimitedList()) {
        defaults.add(AttributeProto.parseFrom(a));
      }
      List<NodeProto> nodes = new ArrayList<>();
      for (ByteString n : f.getField(NODES).getLengthDelimitedList()) {
        nodes.add(NodeProto.parseFrom(n));
      }
      String name = key(last(texts(f, 10)), last(texts(f, 1)), last(texts(f, 13)));
      all.byName.put(name, new Function(texts(f, 4), texts(f, 5), defaults, nodes));
    }
    return all;
  }

  private static List<String> texts(UnknownFieldSet fields, int field) {
    return fields.getField(field).getLengthDelimitedList().stream()
        .map(ByteString::toStringUtf8)
        .toList();
  }

  private static String last(List<String> texts) {
    return texts.isEmpty() ? "" : texts.get(texts.size() - 1);
  }

  private static String key(String domain, String name, String overload) {
    return (domain.equals("ai.onnx") ? "" : domain) + '\n' + name + '\n' + overload;
  }

  private Function called(NodeProto node) {
    String overload = last(texts(node.getUnknownFields(), 8));
    return byName.get(key(node.getDomain(), node.getOpType(), overload));
  }

  /**
   * Replaces all calls.
   *
   * @throws IllegalArgumentException if functions call themselves, or there are too many nodes
   */
  GraphProto inline(GraphProto graph) {
    if (byName.isEmpty()) {
      return graph;
    }
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      add(node, nodes, 0);
    }
    return graph.toBuilder().clearNode().addAllNode(nodes).build();
  }

  private void add(NodeProto node, List<NodeProto> nodes, int depth) {
    Function f = called(node);
    if (f == null) {
      nodes.add(node);
      if (nodes.size() > OnnxFile.MAX_NODES) {
        throw new IllegalArgumentException("has functions with too many nodes");
      }
      return;
    }
    String name = Quoted.of(node.getOpType());
    if (depth > MAX_DEPTH || calls > OnnxFile.MAX_NODES) {
      throw new IllegalArgumentException("has a function that calls itself: '" + name + "'");
    }
    if (node.getInputCount() > f.inputs.size() || node.getOutputCount() > f.outputs.size()) {
      throw new IllegalArgumentException("calls the function '" + name + "' with other inputs");
    }
    String prefix = Quoted.of(node.getName()) + "/" + name + "_" + calls++ + "/";
    Map<String, String> names = new HashMap<>();
    names.put("", "");
    for (int i = 0; i < f.inputs.size(); i++) {
      names.put(f.inputs.get(i), i < node.getInputCount() ? node.getInput(i) : "");
    }
    for (int i = 0; i < f.outputs.size(); i++) {
      String given = i < node.getOutputCount() ? node.getOutput(i) : "";
      if (names.containsKey(f.outputs.get(i))) {
        // A result that is a parameter.
        nodes.add(
            NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(names.get(f.outputs.get(i)))
                .addOutput(given)
                .build());
      } else if (!given.isEmpty()) {
        names.put(f.outputs.get(i), given);
      }
    }
    Map<String, AttributeProto> attributes = new HashMap<>();
    f.defaults.forEach(a -> attributes.put(a.getName(), a));
    node.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    for (NodeProto inner : f.nodes) {
      add(renamed(inner, prefix, names, attributes), nodes, depth + 1);
    }
  }

  private static NodeProto renamed(
      NodeProto node,
      String prefix,
      Map<String, String> names,
      Map<String, AttributeProto> attributes) {
    NodeProto.Builder made =
        node.toBuilder()
            .clearInput()
            .clearOutput()
            .clearAttribute()
            .setName(Quoted.of(prefix + node.getName()));
    node.getInputList().forEach(i -> made.addInput(inner(i, prefix, names)));
    node.getOutputList().forEach(o -> made.addOutput(inner(o, prefix, names)));
    for (AttributeProto a : node.getAttributeList()) {
      if (a.getRefAttrName().isEmpty()) {
        made.addAttribute(a);
      } else if (attributes.containsKey(a.getRefAttrName())) {
        made.addAttribute(attributes.get(a.getRefAttrName()).toBuilder().setName(a.getName()));
      }
    }
    return made.build();
  }

  /** The name of a function's tensor in one of its calls, of bounded length. */
  private static String inner(String name, String prefix, Map<String, String> names) {
    String found = names.get(name);
    if (found == null) {
      found = prefix + (name.length() <= MAX_NAME ? name : "#" + names.size());
      names.put(name, found);
    }
    return found;
  }
}
