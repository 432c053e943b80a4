package org.bitgaze.onnx.file;

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

/** The attributes of a node, all of which its operator supports. */
public final class Attributes {
  private final Map<String, AttributeProto> all = new HashMap<>();

  /**
   * Checks the names.
   *
   * @param node of the file
   * @param known the names that the operator supports
   * @throws IllegalArgumentException naming an attribute that is not supported
   */
  public Attributes(NodeProto node, Set<String> known) {
    for (AttributeProto a : node.getAttributeList()) {
      if (!known.contains(a.getName())) {
        throw new IllegalArgumentException(
            "attribute '" + Quoted.of(a.getName()) + "' is not supported");
      }
      if (all.put(a.getName(), a) != null) {
        throw new IllegalArgumentException("attribute '" + a.getName() + "' is given twice");
      }
      if (!a.getRefAttrName().isEmpty()) {
        throw new IllegalArgumentException(
            "attribute '" + a.getName() + "' refers to a function, outside of one");
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

  /**
   * Tells whether an attribute is given.
   *
   * @param name of the attribute
   * @return whether the node has it
   */
  public boolean has(String name) {
    return all.containsKey(name);
  }

  /**
   * Returns an integer.
   *
   * @param name of the attribute
   * @param absent the value if it is not given
   * @return its value, or {@code absent}
   * @throws IllegalArgumentException if it is of another type
   */
  public long integer(String name, long absent) {
    return find(name, AttributeType.INT).map(AttributeProto::getI).orElse(absent);
  }

  /**
   * Returns a flag.
   *
   * @param name of the attribute
   * @param absent the value if it is not given
   * @return whether it is not 0, or {@code absent}
   * @throws IllegalArgumentException if it is of another type
   */
  public boolean flag(String name, boolean absent) {
    return integer(name, absent ? 1 : 0) != 0;
  }

  /**
   * Returns a real number.
   *
   * @param name of the attribute
   * @param absent the value if it is not given
   * @return its value, or {@code absent}
   * @throws IllegalArgumentException if it is of another type
   */
  public float real(String name, float absent) {
    return find(name, AttributeType.FLOAT).map(AttributeProto::getF).orElse(absent);
  }

  /**
   * Returns a text.
   *
   * @param name of the attribute
   * @param absent the value if it is not given
   * @return its value, or {@code absent}
   * @throws IllegalArgumentException if it is of another type
   */
  public String text(String name, String absent) {
    return find(name, AttributeType.STRING).map(a -> a.getS().toStringUtf8()).orElse(absent);
  }

  /**
   * Returns integers.
   *
   * @param name of the attribute
   * @return its values, if it is given
   * @throws IllegalArgumentException if it is of another type
   */
  public Optional<int[]> ints(String name) {
    return find(name, AttributeType.INTS)
        .map(a -> a.getIntsList().stream().mapToInt(Math::toIntExact).toArray());
  }

  /**
   * Returns real numbers.
   *
   * @param name of the attribute
   * @return its values, if it is given
   * @throws IllegalArgumentException if it is of another type
   */
  public Optional<float[]> floats(String name) {
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

  /**
   * Returns a tensor.
   *
   * @param name of the attribute
   * @return its value, if it is given
   * @throws IllegalArgumentException if it is of another type
   */
  public Optional<TensorProto> tensor(String name) {
    return find(name, AttributeType.TENSOR).map(AttributeProto::getT);
  }

  /**
   * Returns height and width.
   *
   * @param name of the attribute
   * @return its value; 1 x 1 if it is not given
   * @throws IllegalArgumentException if it does not have two values
   */
  public Size size(String name) {
    int[] s = ints(name).orElse(new int[] {1, 1});
    if (s.length != 2) {
      throw new IllegalArgumentException(
          "attribute '" + name + "' is " + Arrays.toString(s) + ", not height and width");
    }
    return new Size(s[0], s[1]);
  }

  /**
   * Refuses values that are not supported.
   *
   * @param name of the attribute
   * @param supported its supported values
   * @throws IllegalArgumentException if it is given and has another value
   */
  public void only(String name, long... supported) {
    if (has(name) && Arrays.stream(supported).noneMatch(v -> v == integer(name, 0))) {
      throw unsupported(name, integer(name, 0));
    }
  }

  /**
   * Creates an exception.
   *
   * @param name of the attribute
   * @param value its value
   * @return the exception, which says that the value is not supported
   */
  public static IllegalArgumentException unsupported(String name, Object value) {
    return new IllegalArgumentException(
        "attribute '" + name + "' = " + Quoted.of(String.valueOf(value)) + " is not supported");
  }
}
