package org.bitgaze.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.Unpickler;

/**
 * Unpickles a PyTorch state dict and nothing else. Razorvine's unpickler runs no Python, but makes
 * an object of any class name it meets; here every opcode and every name must be on a list, so that
 * a file that wants anything else is refused by that name before anything of it is built. Lengths
 * are checked before memory is reserved for them.
 */
final class StateDictUnpickler extends Unpickler {
  /**
   * Protocol 2 without the opcodes that import by other ways, build instances or need a registry.
   */
  private static final Set<Integer> OPCODES =
      opcodes("(.)NKMJ}][QRhjqrtseaubcX", 0x80, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a);

  private static final int GLOBAL = 'c';
  private static final int BUILD = 'b';
  private static final int BINUNICODE = 'X';

  /** No name in a state dict is longer; it keeps a lying length from being believed. */
  private static final int MAX_STRING = 1 << 16;

  private static final Map<String, IObjectConstructor> GLOBALS = globals();

  /**
   * What a tensor is in a state dict.
   *
   * @param storage where its elements are
   * @param offset of its first element, in elements
   * @param shape sizes
   * @param strides distances, in elements
   */
  record TensorView(Storage storage, long offset, long[] shape, long[] strides) {}

  /**
   * A run of elements in the file.
   *
   * @param type PyTorch's name of the storage's class
   * @param key its name in the file
   * @param elements how many
   */
  record Storage(String type, String key, long elements) {}

  private record StorageType(String name) implements IObjectConstructor {
    @Override
    public Object construct(Object[] arguments) {
      throw new PickleException("torch." + name + " is not to be called");
    }
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    if (!OPCODES.contains((int) opcode)) {
      throw new PickleException(String.format("opcode 0x%02x is not allowed", opcode));
    }
    switch (opcode) {
      case GLOBAL -> {
        String name = line(input) + "." + line(input);
        IObjectConstructor constructor = GLOBALS.get(name);
        if (constructor == null) {
          throw new PickleException("'" + name + "' is not allowed");
        }
        stack.add(constructor);
        return NO_RETURN_VALUE;
      }
      case BINUNICODE -> {
        stack.add(string(input));
        return NO_RETURN_VALUE;
      }
      case BUILD -> {
        // The dict's _metadata, which only versions modules.
        stack.pop();
        return NO_RETURN_VALUE;
      }
      default -> {
        return super.dispatch(opcode);
      }
    }
  }

  @Override
  protected Object persistentLoad(Object id) {
    Object[] t = (Object[]) id;
    if (t.length < 5 || !"storage".equals(t[0]) || !(t[1] instanceof StorageType type)) {
      throw new PickleException("a persistent id that is no storage");
    }
    if (t.length > 5 && t[5] != null) {
      throw new PickleException("a view of a storage, as PyTorch wrote them before 0.4");
    }
    return new Storage(type.name(), (String) t[2], integer(t[4]));
  }

  private static Object rebuildTensor(Object[] a) {
    if (a.length < 4 || !(a[0] instanceof Storage storage)) {
      throw new PickleException("a tensor without a storage");
    }
    return new TensorView(storage, integer(a[1]), integers(a[2]), integers(a[3]));
  }

  private static Map<String, IObjectConstructor> globals() {
    Map<String, IObjectConstructor> globals = new LinkedHashMap<>();
    globals.put("collections.OrderedDict", arguments -> new LinkedHashMap<>());
    globals.put("torch._utils._rebuild_tensor_v2", StateDictUnpickler::rebuildTensor);
    globals.put("torch._utils._rebuild_parameter", arguments -> arguments[0]);
    for (String type :
        List.of(
            "Float",
            "Half",
            "BFloat16",
            "Double",
            "Long",
            "Int",
            "Short",
            "Char",
            "Byte",
            "Bool")) {
      globals.put("torch." + type + "Storage", new StorageType(type + "Storage"));
    }
    return globals;
  }

  private static long integer(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new PickleException("a number is expected, not " + value);
  }

  private static long[] integers(Object value) {
    Object[] tuple = (Object[]) value;
    long[] numbers = new long[tuple.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = integer(tuple[i]);
    }
    return numbers;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || text.length() > 200) {
        throw new PickleException("a name without an end");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private static String string(InputStream in) throws IOException {
    byte[] size = in.readNBytes(4);
    long length = size.length < 4 ? -1 : Bytes.little(size).getInt() & 0xffffffffL;
    if (length < 0 || length > MAX_STRING) {
      throw new PickleException("a string of " + length + " bytes");
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new PickleException("a string that reaches past the end");
    }
    return new String(text, StandardCharsets.UTF_8);
  }

  private static Set<Integer> opcodes(String letters, int... others) {
    Set<Integer> set = new HashSet<>();
    letters.chars().forEach(set::add);
    for (int other : others) {
      set.add(other);
    }
    return set;
  }
}
