package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Optional;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/** PyTorch's zip format, since 1.6: one stored entry per storage, at multiples of 64 bytes. */
final class ZipStorages implements PthStorages {
  /** A state dict's pickle is some hundred kilobytes. */
  private static final long MAX_PICKLE = 64L << 20;

  private final Path file;
  private final MappedRegions.FileState state;
  private final FileChannel channel;
  private final ZipFile zip;
  private final String folder;
  private final Object root;

  ZipStorages(Path file) throws IOException {
    this.file = file;
    this.state = MappedRegions.FileState.of(file);
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      this.zip = zip();
      this.folder = folder();
      this.root = new StateDictUnpickler().load(pickle());
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /** Its entries, unlike those of the JDK's zip files, know where their bytes lie. */
  private ZipFile zip() throws IOException {
    try {
      return ZipFile.builder().setSeekableByteChannel(channel).get();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new WeightsException(file + ": no readable PyTorch file: " + cause.getMessage(), e);
    }
  }

  private String folder() throws IOException {
    String pickle =
        Collections.list(zip.getEntries()).stream()
            .map(ZipEntry::getName)
            .filter(n -> n.endsWith("/data.pkl") || n.equals("data.pkl"))
            .findFirst()
            .orElseThrow(() -> new WeightsException(file + ": no data.pkl in the archive"));
    String found = pickle.substring(0, pickle.length() - "data.pkl".length());
    ZipArchiveEntry order = zip.getEntry(found + "byteorder");
    if (order != null && !new String(zip.getInputStream(order).readNBytes(16)).equals("little")) {
      throw new WeightsException(file + ": is big-endian");
    }
    return found;
  }

  private InputStream pickle() throws IOException {
    ZipArchiveEntry entry = zip.getEntry(folder + "data.pkl");
    if (entry.getSize() > MAX_PICKLE) {
      throw new WeightsException(file + ": a pickle of " + entry.getSize() + " bytes");
    }
    return new BufferedInputStream(zip.getInputStream(entry));
  }

  @Override
  public long size(Storage storage) {
    ZipArchiveEntry entry = zip.getEntry(folder + "data/" + storage.key());
    // PyTorch never compresses or encrypts: what an entry has is bounded by what the file has.
    return entry == null
            || entry.getMethod() != ZipEntry.STORED
            || entry.getGeneralPurposeBit().usesEncryption()
        ? -1
        : entry.getCompressedSize();
  }

  @Override
  public ByteBuffer read(Storage storage, long from, int length) throws IOException {
    return Bytes.read(channel, file, position(storage, from, length), length);
  }

  @Override
  public Optional<ByteBuffer> map(Storage storage, long from, long length, Dtype dtype)
      throws IOException {
    return MappedRegions.floats(channel, state, position(storage, from, length), length, dtype);
  }

  /** Where a part of a storage begins in the file. */
  private long position(Storage storage, long from, long length) throws IOException {
    long begin = zip.getEntry(folder + "data/" + storage.key()).getDataOffset();
    if (begin < 0 || length > channel.size() - begin - from) {
      throw new WeightsException(file + ": storage '" + storage.key() + "' is truncated");
    }
    return begin + from;
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
