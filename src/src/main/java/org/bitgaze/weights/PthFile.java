package org.bitgaze.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.weights.StateDictUnpickler.TensorView;

/**
 * A PyTorch checkpoint as {@code torch.save} writes it: a zip archive since 1.6, a stream of
 * pickles and raw storages before. Nothing in the file is executed, see {@link StateDictUnpickler}.
 * Every tensor is checked against its storage when the file is opened; elements are read one tensor
 * at a time. A tensor within nested dicts has the name of each, joined by dots: {@code
 * state_dict.conv1.weight}.
 */
final class PthFile implements StoredTensors {
  /** Deeper than any checkpoint. */
  private static final int MAX_DEPTH = 16;

  private final OpenFile file;
  private final PthStorages storages;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();

  /**
   * Opens a file and checks its tensors.
   *
   * @param path a file that {@code torch.save} wrote
   * @throws WeightsException if it is damaged, holds no tensors, or what is not allowed
   * @throws IOException if it cannot be read
   */
  PthFile(Path path) throws IOException {
    file = new OpenFile(path);
    try {
      storages = PthStorages.of(file);
      collect("", storages.root(), 0, Collections.newSetFromMap(new IdentityHashMap<>()));
      if (tensors.isEmpty()) {
        throw file.error("holds no tensors");
      }
    } catch (StateDictUnpickler.PickleException e) {
      file.close();
      throw new WeightsException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      file.close();
      throw e instanceof WeightsException
          ? e
          : new WeightsException(file + ": is a damaged PyTorch file: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      file.close();
      throw new WeightsException(file + ": is a damaged PyTorch file: " + e.getMessage(), e);
    }
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    long[] shape = view(name).shape();
    int[] sizes = new int[shape.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) shape[i];
    }
    return sizes;
  }

  @Override
  public String dtype(String name) throws WeightsException {
    return view(name).dtype().id();
  }

  @Override
  public Tensor read(String name) throws IOException {
    TensorView v = view(name);
    Dtype dtype = v.dtype();
    if (!dtype.isReadable()) {
      throw file.error(name, Dtype.unreadable(dtype.id()));
    }
    int[] shape = shape(name);
    int elements = (int) Tensor.elements(shape);
    if (elements == 0) {
      return new Tensor(shape, new float[0]);
    }
    long bytes = (lastElement(v) - v.offset() + 1) * dtype.width();
    if (bytes > Bytes.MOST) {
      throw file.error(name, "spans " + bytes + " bytes; at most " + Bytes.MOST + " are read");
    }
    long position = storages.position(v.storage(), v.offset() * dtype.width(), bytes);
    float[] run = dtype.toFloats(file.read(position, (int) bytes));
    return new Tensor(shape, isContiguous(v) ? run : gather(v, run, elements));
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    TensorView v = view(name);
    long elements = Tensor.elements(shape(name));
    if (!v.dtype().isReadable() || elements == 0 || !isContiguous(v)) {
      return Optional.empty();
    }
    long bytes = elements * v.dtype().width();
    long position = storages.position(v.storage(), v.offset() * v.dtype().width(), bytes);
    return file.floats(position, bytes, v.dtype());
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private TensorView view(String name) throws WeightsException {
    TensorView view = tensors.get(name);
    if (view == null) {
      throw file.error("no tensor '" + name + "'");
    }
    return view;
  }

  /** Containers are visited once: they may contain each other. */
  private void collect(String name, Object value, int depth, Set<Object> visited)
      throws IOException {
    if (value instanceof TensorView view) {
      check(name, view);
      if (tensors.put(name, view) != null) {
        throw file.error(name, "occurs twice");
      }
    } else if (depth < MAX_DEPTH && visited.add(value)) {
      String prefix = name.isEmpty() ? "" : name + ".";
      if (value instanceof Map<?, ?> dict) {
        for (Map.Entry<?, ?> entry : dict.entrySet()) {
          collect(prefix + entry.getKey(), entry.getValue(), depth + 1, visited);
        }
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          collect(prefix + i, list.get(i), depth + 1, visited);
        }
      }
    }
  }

  private void check(String name, TensorView v) throws IOException {
    long bytes = storages.size(v.storage());
    if (bytes < 0) {
      throw file.error(name, "has no storage '" + v.storage().key() + "'");
    }
    long stored = v.storage().elements();
    if (stored < 0 || stored > bytes / v.storage().dtype().width()) {
      throw file.error(name, "has a storage of " + stored + " elements in " + bytes + " bytes");
    }
    // A view of an untyped storage has elements of its own size.
    long declared = stored * v.storage().dtype().width() / v.dtype().width();
    if (v.shape().length != v.strides().length || v.shape().length > 8) {
      throw file.error(
          name, "has " + v.shape().length + " sizes and " + v.strides().length + " strides");
    }
    long elements = 1;
    for (int i = 0; i < v.shape().length; i++) {
      if (v.shape()[i] < 0 || v.strides()[i] < 0) {
        throw file.error(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      // So that the product of two stays below 2^63.
      if (v.shape()[i] > Integer.MAX_VALUE || v.strides()[i] > Integer.MAX_VALUE) {
        throw file.error(name, "has size " + v.shape()[i] + " and stride " + v.strides()[i]);
      }
      elements = Math.min(elements * v.shape()[i], Integer.MAX_VALUE);
    }
    if (v.offset() < 0 || elements > declared || (elements > 0 && lastElement(v) >= declared)) {
      throw file.error(name, "reaches past its storage of " + declared + " elements");
    }
  }

  private static long lastElement(TensorView v) {
    long last = v.offset();
    for (int i = 0; i < v.shape().length; i++) {
      last = Math.addExact(last, Math.multiplyExact(v.shape()[i] - 1, v.strides()[i]));
    }
    return last;
  }

  private static boolean isContiguous(TensorView v) {
    long step = 1;
    for (int i = v.shape().length - 1; i >= 0; i--) {
      if (v.shape()[i] != 1 && v.strides()[i] != step) {
        return false;
      }
      step *= v.shape()[i];
    }
    return true;
  }

  private static float[] gather(TensorView v, float[] run, int elements) {
    float[] out = new float[elements];
    long[] index = new long[v.shape().length];
    for (int i = 0; i < elements; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * v.strides()[d];
      }
      out[i] = run[(int) at];
      for (int d = index.length - 1; d >= 0 && ++index[d] == v.shape()[d]; d--) {
        index[d] = 0;
      }
    }
    return out;
  }
}
