package org.bitgaze.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/** An open file of weights: its little-endian bytes, read or mapped, and errors that name it. */
final class OpenFile implements Closeable {
  private final Path path;
  private final MappedRegions.FileState state;
  private final FileChannel channel;

  /**
   * Opens a file for reading.
   *
   * @param path the file
   * @throws WeightsException if it does not exist, is a folder, a Git LFS pointer, or may not be
   *     read
   * @throws IOException if it cannot be opened for another reason
   */
  OpenFile(Path path) throws IOException {
    this(path, Set.of(StandardOpenOption.READ));
  }

  /** The same, with options such as {@link StandardOpenOption#DELETE_ON_CLOSE}. */
  OpenFile(Path path, Set<? extends OpenOption> options) throws IOException {
    this.path = path;
    try {
      // Before it is opened: a file that is deleted when it is closed has no name from then on.
      this.state = MappedRegions.FileState.of(path);
      this.channel = FileChannel.open(path, options);
    } catch (NoSuchFileException e) {
      throw new WeightsException(path + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new WeightsException(path + ": cannot be read: permission denied", e);
    }
    try {
      if (Files.isDirectory(path)) {
        throw error("is a folder, not a file of weights");
      }
      if (GitLfsPointer.isPointer(start(GitLfsPointer.LENGTH))) {
        throw error(GitLfsPointer.PROBLEM);
      }
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** {@return the number of bytes} */
  long size() throws IOException {
    return channel.size();
  }

  /** {@return the open channel, for readers of archives} */
  FileChannel channel() {
    return channel;
  }

  /** {@return the first bytes, at most {@code length} of them} */
  byte[] start(int length) throws IOException {
    return read(0, (int) Math.min(length, size())).array();
  }

  /** Reads exactly {@code length} bytes, which the caller knows to be in the file. */
  ByteBuffer read(long position, int length) throws IOException {
    return Bytes.read(channel, path, position, length);
  }

  /** Maps elements as float32, see {@link MappedRegions}; empty where they must be read. */
  Optional<ByteBuffer> floats(long position, long length, Dtype dtype) throws IOException {
    return MappedRegions.floats(channel, state, position, length, dtype);
  }

  /** {@return an error that names the file} */
  WeightsException error(String problem) {
    return new WeightsException(path + ": " + problem);
  }

  /** {@return an error that names the file and a tensor} */
  WeightsException error(String tensor, String problem) {
    return error("tensor '" + tensor + "' " + problem);
  }

  /** {@return the file's path} */
  @Override
  public String toString() {
    return path.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
