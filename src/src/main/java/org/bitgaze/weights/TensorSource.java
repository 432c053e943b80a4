package org.bitgaze.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named tensors, each read or computed when it is asked for, so that a network of half a gigabyte
 * never stands in the heap as a whole.
 */
public interface TensorSource extends Closeable {

  /**
   * Returns the names of the tensors.
   *
   * @return every name that {@link #shape} and {@link #read} know
   */
  Set<String> names();

  /**
   * Returns a tensor's shape without reading its data.
   *
   * @param name one of {@link #names}
   * @return the sizes of its dimensions
   * @throws WeightsException if there is no such tensor
   */
  int[] shape(String name) throws WeightsException;

  /**
   * Reads one tensor.
   *
   * @param name one of {@link #names}
   * @return the tensor, converted to float32
   * @throws WeightsException if there is no such tensor or it is damaged
   * @throws IOException if the file cannot be read
   */
  Tensor read(String name) throws IOException;

  /**
   * Maps one tensor into memory, if a file has its elements in row-major order. Whoever maps it
   * while others hold it gets the same bytes.
   *
   * @param name one of {@link #names}
   * @return its elements as little-endian float32, direct and not to be written to, valid for as
   *     long as they are held; nothing where it must be read
   * @throws WeightsException if there is no such tensor or it is damaged
   * @throws IOException if the file cannot be read
   */
  default Optional<ByteBuffer> map(String name) throws IOException {
    return Optional.empty();
  }

  /**
   * Returns what to call this source in messages.
   *
   * @return the file's path, or a description
   */
  String description();

  /**
   * Returns what a file says of its tensors.
   *
   * @return free text by key; empty where the format has none
   */
  default Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * {@return what users should know about how the tensors were found and converted; one line each}
   */
  default List<String> notices() {
    return List.of();
  }

  /** Lets go of the file; a source in memory has none. */
  @Override
  default void close() throws IOException {}
}
