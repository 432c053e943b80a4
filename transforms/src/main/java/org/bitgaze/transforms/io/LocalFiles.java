package org.bitgaze.transforms.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.zoo.WeightsFolder;

/**
 * Makes files of any Beam file system available as files of this machine. Native code and memory
 * mapping need local files: a remote file is copied once to the cache, below {@code files}, into a
 * folder whose name is a digest of the file's address, size and time of modification. A changed
 * file is therefore copied again.
 */
public final class LocalFiles {
  private LocalFiles() {}

  /**
   * Tells whether a path belongs to a Beam file system instead of this machine.
   *
   * @param path such as {@code s3://bucket/weights.pth}
   * @return whether it has a scheme
   */
  public static boolean isRemote(String path) {
    return path.contains("://");
  }

  /**
   * Returns a file of this machine with a file's content.
   *
   * @param path a path of this machine, or an address on any Beam file system
   * @return the file itself, or its local copy
   * @throws IOException if the file does not exist or cannot be read; the message names it
   */
  public static Path get(String path) throws IOException {
    return find(path).orElseThrow(() -> new FileNotFoundException(absence(path)));
  }

  private static String absence(String path) {
    return !isRemote(path) && Files.isDirectory(Path.of(path))
        ? path + " is a folder, not a file"
        : "there is no file " + path;
  }

  /**
   * Returns an ONNX file, with the files beside it that belong to it: the description of its input
   * and, if there are any, its external tensors ({@code FILE.onnx.data}, {@code FILE.onnx_data}).
   *
   * @param path a path of this machine, or an address on any Beam file system
   * @return the file itself, or its local copy
   * @throws IOException if the file does not exist or cannot be read; the message names it
   */
  public static Path onnx(String path) throws IOException {
    if (!isRemote(path)) {
      return get(path);
    }
    Path local = get(path);
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    String name = local.getFileName().toString();
    String description = InputDescription.beside(local).getFileName().toString();
    for (String beside : List.of(description, name + ".data", name + "_data")) {
      Optional<Path> copy = find(folder + beside);
      if (copy.isPresent()) {
        Files.copy(copy.get(), local.resolveSibling(beside), StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(local.resolveSibling(beside));
      }
    }
    return local;
  }

  /**
   * Finds the first existing file of a folder.
   *
   * @param folder a folder of this machine, or an address on any Beam file system
   * @param names file names, in the order of preference
   * @return the file or its local copy; empty if none exists
   * @throws IOException if the file system does not answer, or a file cannot be read
   */
  public static Optional<Path> firstOf(String folder, List<String> names) throws IOException {
    for (String name : names) {
      Optional<Path> found = find(folder.replaceFirst("/?$", "/") + name);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> find(String path) throws IOException {
    if (!isRemote(path)) {
      return Optional.of(Path.of(path)).filter(Files::isRegularFile);
    }
    try {
      MatchResult match = FileSystems.match(path, EmptyMatchTreatment.ALLOW);
      if (match.status() == MatchResult.Status.NOT_FOUND || match.metadata().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(copy(path, match.metadata().get(0)));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path copy(String path, MatchResult.Metadata file) throws IOException {
    String version = path + "\n" + file.sizeBytes() + "\n" + file.lastModifiedMillis();
    Path folder = WeightsFolder.cache().path().resolveSibling("files").resolve(digest(version));
    Path local = folder.resolve(file.resourceId().getFilename());
    if (Files.isRegularFile(local) && Files.size(local) == file.sizeBytes()) {
      return local;
    }
    Files.createDirectories(folder);
    // Workers of one machine may copy the same file at the same time: the last one wins.
    Path part = Files.createTempFile(folder, "copy", ".part");
    try {
      try (InputStream in = Channels.newInputStream(FileSystems.open(file.resourceId()))) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      if (Files.size(part) != file.sizeBytes()) {
        throw new IOException(
            "its copy has %d bytes instead of %d".formatted(Files.size(part), file.sizeBytes()));
      }
      Files.move(part, local, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return local;
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
