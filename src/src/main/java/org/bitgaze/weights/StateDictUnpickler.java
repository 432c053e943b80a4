package org.bitgaze.weights;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the pickles of a PyTorch checkpoint, protocols 2 to 5, and keeps what leads to tensors:
 * dicts, lists, tuples, names, numbers. Nothing is imported, called or built. A class or function
 * must be on the list of {@link PickledGlobal}; what those make that is not a tensor or a dict is
 * an inert placeholder. Any other name is refused. Memory is reserved only for what is in the
 * stream.
 */
final class StateDictUnpickler {
  /** Far more than any checkpoint needs, and few enough to be held in memory. */
  private static final int MAX_OPERATIONS = 1 << 23;

  private static final int MAX_TEXT = 64 << 20;
  private static final int MAX_NAME = 200;

  /** What stands for anything that does not lead to a tensor. */
  private static final Object INERT = new Object();

  private static final Object MARK = new Object();

  private final Map<String, Storage> storages = new LinkedHashMap<>();
  private InputStream in;
  private List<Object> stack;
  private Map<Integer, Object> memo;

  /**
   * A tensor: a view of a storage.
   *
   * @param storage where its elements are
   * @param dtype type of its elements
   * @param offset of its first element, in elements
   * @param shape sizes
   * @param strides distances, in elements
   */
  record TensorView(Storage storage, Dtype dtype, long offset, long[] shape, long[] strides) {}

  /**
   * A run of elements in the file.
   *
   * @param dtype type of its elements
   * @param key its name in the file
   * @param elements their number
   */
  record Storage(Dtype dtype, String key, long elements) {}

  /** A pickle that cannot be read; the message says what is wrong, without the file's name. */
  static final class PickleException extends IOException {
    private static final long serialVersionUID = 1L;

    PickleException(String message) {
      super(message);
    }
  }

  /** {@return the storages that the pickles read so far name, by key} */
  Map<String, Storage> storages() {
    return storages;
  }

  /**
   * Reads one object.
   *
   * @param stream positioned at a pickle; nothing behind it is read
   * @return a map, list, string, number, boolean, {@link BigInteger}, {@link TensorView}, or a
   *     placeholder
   * @throws PickleException if it is damaged, or holds what is not allowed
   */
  Object load(InputStream stream) throws IOException {
    in = stream;
    stack = new ArrayList<>();
    memo = new HashMap<>();
    for (int i = 0; i < MAX_OPERATIONS; i++) {
      int operation = in.read();
      if (operation == '.') {
        return pop();
      }
      execute(operation);
    }
    throw new PickleException("its pickle has more than " + MAX_OPERATIONS + " operations");
  }

  private void execute(int operation) throws IOException {
    switch (operation) {
      // Protocol, frame: sizes that are not needed.
      case 0x80 -> unsigned(1);
      case 0x95 -> unsigned(8);
      // Constants
      case 'N' -> push(INERT);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) (int) unsigned(4));
      case 'K' -> push(unsigned(1));
      case 'M' -> push(unsigned(2));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(unsigned(8))));
      case 0x8a -> push(integer(bytes(unsigned(1))));
      case 0x8b -> push(integer(bytes(unsigned(4))));
      case 'X' -> push(text(unsigned(4)));
      case 0x8c -> push(text(unsigned(1)));
      case 0x8d -> push(text(unsigned(8)));
      // Byte strings; Python 2 wrote names as such.
      case 'T' -> push(text(unsigned(4)));
      case 'U' -> push(text(unsigned(1)));
      case 'B' -> skip(unsigned(4));
      case 'C' -> skip(unsigned(1));
      case 0x8e, 0x96 -> skip(unsigned(8));
      // The stack and the memo
      case '(' -> push(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> push(peek());
      case 'q' -> memo.put((int) unsigned(1), peek());
      case 'r' -> memo.put((int) unsigned(4), peek());
      case 0x94 -> memo.put(memo.size(), peek());
      case 'h' -> push(remembered(unsigned(1)));
      case 'j' -> push(remembered(unsigned(4)));
      // Containers
      case ')' -> push(List.of());
      case 't', 'l' -> push(new ArrayList<>(popToMark()));
      case 0x85 -> push(popAll(1));
      case 0x86 -> push(popAll(2));
      case 0x87 -> push(popAll(3));
      case ']' -> push(new ArrayList<>());
      case 'a' -> append(popAll(1));
      case 'e' -> append(popToMark());
      case '}' -> push(new LinkedHashMap<>());
      case 'd' -> put(new LinkedHashMap<>(), popToMark());
      case 's' -> putAll(popAll(2));
      case 'u' -> putAll(popToMark());
      case 0x8f -> push(INERT);
      case 0x90 -> popToMark();
      case 0x91 -> {
        popToMark();
        push(INERT);
      }
      // Names and what is made of them
      case 'c' -> push(PickledGlobal.of(line(), line()));
      case 0x93 -> {
        List<Object> name = popAll(2);
        if (!(name.get(0) instanceof String module && name.get(1) instanceof String global)) {
          throw new PickleException("its pickle is damaged: a global has no name");
        }
        push(PickledGlobal.of(module, global));
      }
      case 'R', 0x81 -> {
        List<Object> call = popAll(2);
        push(call(call.get(0), sequence(call.get(1))));
      }
      case 0x92 -> {
        List<Object> call = popAll(3);
        push(call(call.get(0), sequence(call.get(1))));
      }
      // An object's attributes, such as the versions of a state dict's modules.
      case 'b' -> pop();
      case 'Q' -> push(storage(sequence(pop())));
      case -1 -> throw new PickleException("its pickle is truncated");
      default ->
          throw new PickleException(
              "its pickle is damaged, or uses features that PyTorch's checkpoints do not need");
    }
  }

  private Object storage(List<?> id) throws PickleException {
    if (id.size() < 5 || !"storage".equals(id.get(0))) {
      throw new PickleException(
          "is a pickled model, not its weights; save them with torch.save(model.state_dict(), FILE)");
    }
    if (!(id.get(1) instanceof PickledGlobal type)
        || type.storage().isEmpty()
        || !(id.get(2) instanceof String key)) {
      throw new PickleException("has a tensor without a storage");
    }
    if (id.size() > 5 && id.get(5) != INERT) {
      throw new PickleException("has a view of a storage, as PyTorch wrote them before 0.4");
    }
    Storage storage = new Storage(type.storage().get(), key, number(id.get(4)));
    Storage known = storages.putIfAbsent(key, storage);
    if (known != null && !known.equals(storage)) {
      throw new PickleException("names storage '" + key + "' twice, with different contents");
    }
    return storage;
  }

  private Object call(Object callable, List<?> arguments) throws PickleException {
    if (!(callable instanceof PickledGlobal global)) {
      throw new PickleException("its pickle is damaged: it calls what is not a function");
    }
    return switch (global.kind()) {
      case TENSOR -> tensor(arguments);
      case WRAPPER -> arguments.isEmpty() ? INERT : arguments.get(0);
      case SUBCLASS ->
          arguments.size() < 3 ? INERT : call(arguments.get(0), sequence(arguments.get(2)));
      case DICT -> dict(arguments);
      case INERT -> INERT;
      case STORAGE, DTYPE ->
          throw new PickleException("its pickle is damaged: it calls '" + global.name() + "'");
    };
  }

  private static Object tensor(List<?> a) throws PickleException {
    if (a.size() < 4 || !(a.get(0) instanceof Storage storage)) {
      throw new PickleException("has a tensor without a storage");
    }
    Dtype dtype = storage.dtype();
    if (a.size() > 6 && a.get(6) instanceof PickledGlobal named && named.dtype().isPresent()) {
      dtype = named.dtype().get();
    }
    return new TensorView(storage, dtype, number(a.get(1)), numbers(a.get(2)), numbers(a.get(3)));
  }

  /** A dict of the pairs that a constructor takes, if it takes any: Python 2 passed them so. */
  private static Map<Object, Object> dict(List<?> arguments) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Object argument : arguments) {
      if (argument instanceof Map<?, ?> map) {
        dict.putAll(map);
      } else if (argument instanceof List<?> pairs) {
        for (Object pair : pairs) {
          if (pair instanceof List<?> two && two.size() == 2) {
            put(dict, two.get(0), two.get(1));
          }
        }
      }
    }
    return dict;
  }

  /** Keys other than text and numbers lead to no tensor that has a name. */
  private static void put(Map<Object, Object> dict, Object key, Object value) {
    if (key instanceof String || key instanceof Long) {
      dict.put(key, value);
    }
  }

  private void put(Map<Object, Object> dict, List<Object> items) throws PickleException {
    push(dict);
    putAll(items);
  }

  @SuppressWarnings("unchecked")
  private void putAll(List<Object> items) throws PickleException {
    Object target = peek();
    if (items.size() % 2 != 0) {
      throw new PickleException("its pickle is damaged: a key without a value");
    }
    if (target instanceof Map<?, ?> dict) {
      for (int i = 0; i < items.size(); i += 2) {
        put((Map<Object, Object>) dict, items.get(i), items.get(i + 1));
      }
    } else if (target != INERT) {
      throw new PickleException("its pickle is damaged: items of what is not a dict");
    }
  }

  @SuppressWarnings("unchecked")
  private void append(List<Object> items) throws PickleException {
    Object target = peek();
    if (target instanceof ArrayList<?> list) {
      ((List<Object>) list).addAll(items);
    } else if (target != INERT) {
      throw new PickleException("its pickle is damaged: elements of what is not a list");
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object peek() throws PickleException {
    if (stack.isEmpty()) {
      throw new PickleException("its pickle is damaged: it takes what is not there");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() throws PickleException {
    Object top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Object> popAll(int count) throws PickleException {
    Deque<Object> values = new ArrayDeque<>();
    for (int i = 0; i < count; i++) {
      values.addFirst(pop());
    }
    return new ArrayList<>(values);
  }

  private List<Object> popToMark() throws PickleException {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw new PickleException("its pickle is damaged: it takes what is not there");
    }
    List<Object> tail = stack.subList(mark, stack.size());
    List<Object> values = new ArrayList<>(tail.subList(1, tail.size()));
    tail.clear();
    return values;
  }

  private Object remembered(long index) throws PickleException {
    return Optional.ofNullable(memo.get((int) index))
        .orElseThrow(
            () -> new PickleException("its pickle is damaged: it repeats what is not there"));
  }

  private static List<?> sequence(Object value) throws PickleException {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new PickleException("its pickle is damaged: a tuple is expected");
  }

  private static long number(Object value) throws PickleException {
    if (value instanceof Long number) {
      return number;
    }
    throw new PickleException("its pickle is damaged: a number is expected");
  }

  private static long[] numbers(Object value) throws PickleException {
    List<?> list = sequence(value);
    long[] numbers = new long[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(list.get(i));
    }
    return numbers;
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || text.length() > MAX_NAME) {
        throw new PickleException("its pickle is damaged: a name without an end");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private long unsigned(int width) throws IOException {
    byte[] read = in.readNBytes(width);
    if (read.length < width) {
      throw new PickleException("its pickle is truncated");
    }
    return Bytes.little(Arrays.copyOf(read, 8)).getLong();
  }

  private byte[] bytes(long length) throws IOException {
    // Grows with what is read: a lying length reserves nothing.
    byte[] read = length < 0 || length > MAX_TEXT ? new byte[0] : in.readNBytes((int) length);
    if (read.length != length) {
      throw new PickleException("its pickle is damaged: a text of " + length + " bytes");
    }
    return read;
  }

  private void skip(long length) throws IOException {
    bytes(length);
    push(INERT);
  }

  private String text(long length) throws IOException {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  /** A little-endian number in two's complement. */
  private static Object integer(byte[] little) {
    if (little.length == 0) {
      return 0L;
    }
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[big.length - 1 - i];
    }
    BigInteger value = new BigInteger(big);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }
}
