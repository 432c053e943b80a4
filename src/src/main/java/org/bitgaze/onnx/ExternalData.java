package org.bitgaze.onnx;

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
import org.bitgaze.weights.Bytes;
import org.bitgaze.weights.MappedRegions;
import org.bitgaze.weights.MappedRegions.FileState;

/**
 * Tensors that are kept in files beside the model: in its own folder or below it, and nowhere else;
 * whether a path leads out, itself or by a link, is known before anything is opened.
 */
final class ExternalData {
  /** What a buffer holds, from a multiple of 64 bytes before it on. */
  private static final int MOST = Bytes.MOST - 64;

  /** Files are mapped in parts that begin at multiples of this: a process has not many mappings. */
  private static final long WINDOW = 1L << 30;

  private final Path folder;
  private final TreeSet<Path> files = new TreeSet<>();
  private final Map<Path, String> checksums = new HashMap<>();

  /**
   * Prepares the reading.
   *
   * @param folder the model's
   */
  ExternalData(Path folder) {
    this.folder = folder;
  }

  /** The files that tensors were read from so far, sorted. */
  List<Path> files() {
    return List.copyOf(files);
  }

  /**
   * Reads a tensor's bytes.
   *
   * @throws IllegalArgumentException if the file lies elsewhere, is not there, or is too short
   */
  ByteBuffer read(TensorProto t, long bytes) throws IOException {
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
    if (length != bytes || offset < 0 || offset > size - length) {
      throw new IllegalArgumentException(
          "needs "
              + bytes
              + " bytes, but is "
              + length
              + " bytes from "
              + offset
              + " of the "
              + size
              + " in "
              + file);
    }
    if (bytes > MOST) {
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

  /** Compares a file with its SHA-1, which ONNX keeps with each of its tensors. */
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

  /** The file's real path; nothing is opened for it. */
  private Path locate(String location) throws IOException {
    String quoted = "'" + Quoted.of(location) + "'";
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("is kept in " + quoted + ", which is no path", e);
    }
    Path path = folder.resolve(relative).normalize();
    boolean inside = !relative.isAbsolute() && path.startsWith(folder.normalize());
    if (location.isEmpty() || !inside || location.contains("\\")) {
      throw new IllegalArgumentException(
          "is kept in " + quoted + ", which is not in the model's folder");
    }
    if (!Files.exists(path)) {
      throw new IllegalArgumentException("is kept in " + quoted + ", which is not there");
    }
    Path real = path.toRealPath();
    if (!real.startsWith(folder.toRealPath()) || !Files.isRegularFile(real)) {
      throw new IllegalArgumentException(
          "is kept in " + quoted + ", which is no file of the model's folder");
    }
    return real;
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
