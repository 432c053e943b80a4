package org.bitgaze.weights;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/** The object that a PyTorch file holds, and the storages that its tensors are views of. */
interface PthStorages extends Closeable {
  /** What a zip file begins with. */
  byte[] ZIP = {'P', 'K', 3, 4};

  /** Opens a file in the format that it is in. */
  static PthStorages open(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(ZIP.length);
    }
    return Arrays.equals(start, ZIP) ? new ZipStorages(file) : new LegacyStorages(file);
  }

  /** The unpickled object. */
  Object root();

  /** How many bytes the file has of a storage, or -1 if it has none. */
  long size(Storage storage);

  /** Reads part of a storage. */
  ByteBuffer read(Storage storage, long from, int length) throws IOException;

  /** Maps part of a storage as floats; nothing where it must be read. */
  Optional<ByteBuffer> map(Storage storage, long from, long length, Dtype dtype) throws IOException;
}
