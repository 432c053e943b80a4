package org.bitgaze.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.network.op.Size;

/** A node's attributes, all of which its operator knows. */
final class Attributes {
  private final Map<String, AttributeProto> all = new HashMap<>();

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException naming an attribute that the operator does not know
   */
  Attributes(NodeProto node, Set<String> known) {
    for (AttributeProto a : node.getAttributeList()) {
      if (!known.contains(a.getName())) {
        throw new IllegalArgumentException(
            "attribute '" + Quoted.of(a.getName()) + "' is not supported");
      }
      if (all.put(a.getName(), a) != null) {
        throw new IllegalArgumentException("attribute '" + a.getName() + "' is there twice");
      }
      if (!a.getRefAttrName().isEmpty()) {
        throw new IllegalArgumentException("attribute '" + a.getName() + "' is of a function");
      }
    }
  }

  private Optional<AttributeProto> find(String name, AttributeType type) {
    AttributeProto a = all.get(name);
    if (a != null && a.getType() != type) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' is " + a.getType() + ", not " + type);
    }
    return Optional.ofNullable(a);
  }

  boolean has(String name) {
    return all.containsKey(name);
  }

  long integer(String name, long absent) {
    return find(name, AttributeType.INT).map(AttributeProto::getI).orElse(absent);
  }

  boolean flag(String name, boolean absent) {
    return integer(name, absent ? 1 : 0) != 0;
  }

  float real(String name, float absent) {
    return find(name, AttributeType.FLOAT).map(AttributeProto::getF).orElse(absent);
  }

  String text(String name, String absent) {
    return find(name, AttributeType.STRING).map(a -> a.getS().toStringUtf8()).orElse(absent);
  }

  Optional<int[]> ints(String name) {
    return find(name, AttributeType.INTS)
        .map(a -> a.getIntsList().stream().mapToInt(Math::toIntExact).toArray());
  }

  Optional<float[]> floats(String name) {
    return find(name, AttributeType.FLOATS)
        .map(
            a -> {
              float[] values = new float[a.getFloatsCount()];
              for (int i = 0; i < values.length; i++) {
                values[i] = a.getFloats(i);
              }
              return values;
            });
  }

  Optional<TensorProto> tensor(String name) {
    return find(name, AttributeType.TENSOR).map(AttributeProto::getT);
  }

  /** Two sizes, those of an image. */
  Size size(String name) {
    int[] s = ints(name).orElse(new int[] {1, 1});
    if (s.length != 2) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' is " + Arrays.toString(s) + ", not height and width");
    }
    return new Size(s[0], s[1]);
  }

  /** Refuses all values but those under which the attribute changes nothing. */
  void only(String name, long... honoured) {
    if (has(name) && Arrays.stream(honoured).noneMatch(v -> v == integer(name, 0))) {
      throw unsupported(name, integer(name, 0));
    }
  }

  /** Says that a value is not honoured. */
  static IllegalArgumentException unsupported(String name, Object value) {
    return new IllegalArgumentException(
        "attribute '" + name + "' = " + Quoted.of(String.valueOf(value)) + " is not supported");
  }
}
