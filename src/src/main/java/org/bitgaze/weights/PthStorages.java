package org.bitgaze.weights;

import java.io.IOException;
import java.util.Arrays;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/** The object that a PyTorch file holds, and where the storages of its tensors lie. */
interface PthStorages {
  /** What a zip file begins with. */
  byte[] ZIP = {'P', 'K', 3, 4};

  /** Reads a file in the format that it is in. */
  static PthStorages of(OpenFile file) throws IOException {
    return Arrays.equals(file.start(ZIP.length), ZIP)
        ? new ZipStorages(file)
        : new LegacyStorages(file);
  }

  /** {@return the unpickled object} */
  Object root();

  /** {@return how many bytes the file has of a storage; -1 if it has none} */
  long size(Storage storage);

  /** {@return where part of a storage begins in the file, {@code from} bytes after its start} */
  long position(Storage storage, long from, long length) throws IOException;
}
