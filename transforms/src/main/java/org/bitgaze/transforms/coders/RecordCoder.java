package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StructuredCoder;

/**
 * Encodes a record, component by component, in the order in which it declares them.
 *
 * @param <T> the record
 */
final class RecordCoder<T extends Record> extends StructuredCoder<T> {
  private static final long serialVersionUID = 1L;
  private final Class<T> type;
  private final List<Coder<?>> components;
  private transient Method[] accessors;
  private transient Constructor<T> constructor;

  private RecordCoder(Class<T> type, List<Coder<?>> components) {
    this.type = type;
    this.components = components;
    resolve();
  }

  /**
   * Makes a coder of a record's components.
   *
   * @param type the record
   * @param components a coder for each component, in order
   * @param <T> the record
   * @return the coder
   * @throws IllegalArgumentException if there is not one coder per component
   */
  static <T extends Record> RecordCoder<T> of(Class<T> type, Coder<?>... components) {
    return new RecordCoder<>(type, List.of(components));
  }

  private void resolve() {
    RecordComponent[] declared = type.getRecordComponents();
    if (declared.length != components.size()) {
      throw new IllegalArgumentException(
          type + " has " + declared.length + " components, not " + components.size());
    }
    try {
      accessors = Arrays.stream(declared).map(RecordComponent::getAccessor).toArray(Method[]::new);
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no canonical constructor", e);
    }
  }

  private Object readResolve() {
    return new RecordCoder<>(type, components);
  }

  @Override
  public void encode(T value, OutputStream out) throws IOException {
    for (int i = 0; i < accessors.length; i++) {
      @SuppressWarnings("unchecked")
      Coder<Object> component = (Coder<Object>) components.get(i);
      try {
        component.encode(accessors[i].invoke(value), out);
      } catch (ReflectiveOperationException e) {
        throw new CoderException(type + ": cannot read " + accessors[i].getName(), e);
      }
    }
  }

  @Override
  public T decode(InputStream in) throws IOException {
    Object[] values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = components.get(i).decode(in);
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new CoderException(type + ": invalid components", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new CoderException(type + " cannot be constructed", e);
    }
  }

  @Override
  public List<? extends Coder<?>> getCoderArguments() {
    return List.of();
  }

  @Override
  public List<? extends Coder<?>> getComponents() {
    return components;
  }

  /** Beam's coder of doubles claims less, but encodes their bits: equal records, equal bytes. */
  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordCoder<?> that
        && type.equals(that.type)
        && components.equals(that.components);
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }
}
