package org.bitgaze.onnx.file;

import static java.util.stream.Collectors.joining;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitgaze.weights.Bytes;
import org.bitgaze.weights.MappedRegions;
import org.bitgaze.weights.MappedRegions.FileState;

/**
 * Tensors that are kept in other files: in the model's folder or below it, and nowhere else. A path
 * that leads out of the folder, by itself or by a link, is refused before anything is opened.
 */
public final class ExternalData {
  /** A buffer begins at a multiple of 64 bytes, up to 64 bytes before the tensor. */
  private static final int MAX_BYTES = Bytes.MOST - 64;

  /**
   * Files are mapped in parts that begin at multiples of this: the number of mappings is limited.
   */
  private static final long WINDOW = 1L << 30;

  private static final int MAX_SIMILAR = 5;

  private final Path folder;
  private final TreeSet<Path> files = new TreeSet<>();
  private final Map<Path, String> checksums = new HashMap<>();

  /**
   * Prepares the reading.
   *
   * @param folder the model's
   */
  public ExternalData(Path folder) {
    this.folder = folder;
  }

  /** {@return the files from which tensors were read so far, sorted} */
  public List<Path> files() {
    return List.copyOf(files);
  }

  /**
   * Reads the bytes of a tensor.
   *
   * @param t the tensor
   * @param bytes their number, by its type and shape
   * @return the bytes, little-endian
   * @throws IllegalArgumentException if the file is missing, too short or outside the folder
   * @throws IOException if the file cannot be read
   */
  public ByteBuffer read(TensorProto t, long bytes) throws IOException {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto e : t.getExternalDataList()) {
      entries.put(e.getKey(), e.getValue());
    }
    for (String key : entries.keySet()) {
      if (!List.of("location", "offset", "length", "checksum").contains(key)) {
        throw new IllegalArgumentException("has external data with '" + Quoted.of(key) + "'");
      }
    }
    Path file = locate(entries.getOrDefault("location", ""));
    long offset = number(entries, "offset", 0);
    long length = number(entries, "length", bytes);
    long size = Files.size(file);
    if (length != bytes || offset < 0) {
      throw new IllegalArgumentException(
          "needs %d bytes, but the model says that %d bytes are stored at offset %d of %s"
              .formatted(bytes, length, offset, file));
    }
    if (offset > size - length) {
      throw new IllegalArgumentException(
          "needs %d bytes at offset %d of %s, which %s"
              .formatted(
                  bytes,
                  offset,
                  file,
                  Lookalike.of(file)
                      .orElse("has only " + size + " bytes: is the download complete?")));
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException("needs " + bytes + " bytes: too many");
    }
    if (entries.containsKey("checksum")) {
      verify(file, entries.get("checksum"));
    }
    files.add(file);
    FileState state = FileState.of(file);
    try (FileChannel in =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      // Not where it begins: a part that does not begin at a multiple of 64 bytes is a copy.
      long window = offset % WINDOW + bytes > Bytes.MOST ? 64 : WINDOW;
      long start = offset / window * window;
      Optional<ByteBuffer> mapped =
          MappedRegions.map(in, state, start, Math.min(size - start, Bytes.MOST));
      return mapped.isPresent()
          ? mapped.get().slice((int) (offset - start), (int) bytes).order(ByteOrder.LITTLE_ENDIAN)
          : Bytes.read(in, file, offset, (int) bytes);
    }
  }

  /** Compares a file with its SHA-1, which may be stored with each tensor. */
  private void verify(Path file, String expected) throws IOException {
    String found = checksums.get(file);
    if (found == null) {
      MessageDigest digest;
      try {
        digest = MessageDigest.getInstance("SHA-1");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      found = HexFormat.of().formatHex(digest.digest());
      checksums.put(file, found);
    }
    if (!found.equalsIgnoreCase(expected)) {
      throw new IllegalArgumentException(
          "is kept in "
              + file
              + ", which has the SHA-1 "
              + found
              + ", not "
              + Quoted.of(expected)
              + " as the model says");
    }
  }

  /** The real path of the file, which is not opened for it. */
  private Path locate(String location) throws IOException {
    String quoted = "'" + Quoted.of(location) + "'";
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is kept in " + quoted + ", which is not a path", e);
    }
    Path path = folder.resolve(relative).normalize();
    boolean inside = !relative.isAbsolute() && path.startsWith(folder.normalize());
    if (location.isEmpty() || !inside || location.contains("\\")) {
      throw new IllegalArgumentException(
          "is kept in " + quoted + ", which is not in the model's folder");
    }
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "is kept in " + quoted + ", which is not there" + similar(path));
    }
    Path real = path.toRealPath();
    if (!real.startsWith(folder.toRealPath()) || !Files.isRegularFile(real)) {
      throw new IllegalArgumentException(
          "is kept in " + quoted + ", which is not a file of the model's folder");
    }
    return real;
  }

  /** Files that the missing one may have become: a model is often renamed, its data is not. */
  private static String similar(Path missing) throws IOException {
    Path folder = missing.getParent();
    if (!Files.isDirectory(folder)) {
      return "";
    }
    String extension = missing.getFileName().toString().replaceFirst(".*\\.", ".");
    try (Stream<Path> all = Files.list(folder)) {
      List<String> found =
          all.filter(Files::isRegularFile)
              .map(f -> f.getFileName().toString())
              .filter(name -> name.endsWith(extension) || name.contains(".data"))
              .sorted()
              .limit(MAX_SIMILAR)
              .toList();
      return found.isEmpty()
          ? ": copy it beside the model"
          : "; beside it are %s: rename the one that belongs to the model"
              .formatted(found.stream().map(n -> "'" + Quoted.of(n) + "'").collect(joining(", ")));
    }
  }

  private static long number(Map<String, String> entries, String key, long absent) {
    String text = entries.get(key);
    try {
      return text == null ? absent : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "has external data with the " + key + " '" + Quoted.of(text) + "'", e);
    }
  }
}
