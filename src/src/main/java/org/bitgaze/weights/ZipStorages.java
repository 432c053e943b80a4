package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/** PyTorch's zip format, since 1.6: one stored entry per storage. */
final class ZipStorages implements PthStorages {
  /** A state dict's pickle is some hundred kilobytes. */
  private static final long MAX_PICKLE = 64L << 20;

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final Object root;

  ZipStorages(Path file) throws IOException {
    this.file = file;
    this.zip = new ZipFile(file.toFile());
    try {
      this.folder = folder();
      this.root = new StateDictUnpickler().load(pickle());
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private String folder() throws IOException {
    String pickle =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(n -> n.endsWith("/data.pkl") || n.equals("data.pkl"))
            .findFirst()
            .orElseThrow(() -> new WeightsException(file + ": no data.pkl in the archive"));
    String found = pickle.substring(0, pickle.length() - "data.pkl".length());
    ZipEntry order = zip.getEntry(found + "byteorder");
    if (order != null && !new String(zip.getInputStream(order).readNBytes(16)).equals("little")) {
      throw new WeightsException(file + ": is big-endian");
    }
    return found;
  }

  private InputStream pickle() throws IOException {
    ZipEntry entry = zip.getEntry(folder + "data.pkl");
    if (entry.getSize() > MAX_PICKLE) {
      throw new WeightsException(file + ": a pickle of " + entry.getSize() + " bytes");
    }
    return new BufferedInputStream(zip.getInputStream(entry));
  }

  @Override
  public long size(Storage storage) {
    ZipEntry entry = entry(storage);
    // PyTorch never compresses: what an entry has is bounded by what the file has.
    return entry == null || entry.getMethod() != ZipEntry.STORED ? -1 : entry.getCompressedSize();
  }

  @Override
  public ByteBuffer read(Storage storage, long from, int length) throws IOException {
    try (InputStream in = zip.getInputStream(entry(storage))) {
      in.skipNBytes(from);
      byte[] bytes = in.readNBytes(length);
      if (bytes.length == length) {
        return Bytes.little(bytes);
      }
    } catch (ZipException | EOFException e) {
      throw new WeightsException(
          file + ": storage '" + storage.key() + "' is damaged: " + e.getMessage(), e);
    }
    throw new WeightsException(file + ": storage '" + storage.key() + "' is truncated");
  }

  private ZipEntry entry(Storage storage) {
    return zip.getEntry(folder + "data/" + storage.key());
  }

  @Override
  public Object root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
