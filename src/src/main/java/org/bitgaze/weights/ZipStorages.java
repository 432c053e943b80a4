package org.bitgaze.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.bitgaze.weights.StateDictUnpickler.Storage;

/** PyTorch's zip format, since 1.6: one stored entry per storage, at multiples of 64 bytes. */
final class ZipStorages implements PthStorages {
  private static final String PICKLE = "data.pkl";

  /** A checkpoint's pickle has some hundred kilobytes. */
  private static final long MAX_PICKLE = 64L << 20;

  private final OpenFile file;
  private final ZipFile zip;
  private final String folder;
  private final Object root;

  ZipStorages(OpenFile file) throws IOException {
    this.file = file;
    this.zip = zip();
    this.folder = folder();
    this.root = new StateDictUnpickler().load(pickle());
  }

  /** Its entries, unlike those of the JDK's zip files, know where their bytes lie. */
  private ZipFile zip() throws IOException {
    try {
      return ZipFile.builder().setSeekableByteChannel(file.channel()).get();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new WeightsException(
          file
              + ": is a damaged PyTorch file (a download that was cut short?): "
              + cause.getMessage(),
          e);
    }
  }

  private String folder() throws IOException {
    List<String> names =
        Collections.list(zip.getEntries()).stream().map(ZipEntry::getName).toList();
    if (names.stream().anyMatch(n -> n.endsWith("/constants.pkl"))) {
      throw file.error(
          "is a TorchScript archive; save the weights with torch.save(model.state_dict(), FILE)");
    }
    String pickle =
        names.stream()
            .filter(n -> n.endsWith("/" + PICKLE) || n.equals(PICKLE))
            .findFirst()
            .orElseThrow(
                () ->
                    file.error(
                        "is a zip archive, but not a PyTorch file: it has no "
                            + PICKLE
                            + (names.isEmpty() ? "" : "; it holds '" + names.get(0) + "'")));
    String found = pickle.substring(0, pickle.length() - PICKLE.length());
    ZipArchiveEntry order = zip.getEntry(found + "byteorder");
    if (order != null
        && !new String(zip.getInputStream(order).readNBytes(16), StandardCharsets.US_ASCII)
            .equals("little")) {
      throw file.error("is big-endian");
    }
    return found;
  }

  private InputStream pickle() throws IOException {
    ZipArchiveEntry entry = zip.getEntry(folder + PICKLE);
    if (entry.getSize() > MAX_PICKLE) {
      throw file.error("has a pickle of " + entry.getSize() + " bytes");
    }
    return new BufferedInputStream(zip.getInputStream(entry));
  }

  private ZipArchiveEntry entry(Storage storage) {
    return zip.getEntry(folder + "data/" + storage.key());
  }

  @Override
  public long size(Storage storage) {
    ZipArchiveEntry entry = entry(storage);
    // PyTorch never compresses or encrypts: what an entry has is bounded by what the file has.
    return entry == null
            || entry.getMethod() != ZipEntry.STORED
            || entry.getGeneralPurposeBit().usesEncryption()
        ? -1
        : entry.getCompressedSize();
  }

  @Override
  public long position(Storage storage, long from, long length) throws IOException {
    long begin = entry(storage).getDataOffset();
    if (begin < 0 || length > file.size() - begin - from) {
      throw file.error("storage '" + storage.key() + "' is truncated");
    }
    return begin + from;
  }

  @Override
  public Object root() {
    return root;
  }
}
