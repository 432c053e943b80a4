package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.io.LocalFiles;

/** Questions to any of Beam's file systems. */
public final class BeamFiles {
  private BeamFiles() {}

  /**
   * Tells whether a path names another file system than this machine's.
   *
   * @param path such as {@code s3://bucket/folder}
   * @return whether it has a scheme
   */
  public static boolean isRemote(String path) {
    return LocalFiles.isRemote(MatchImages.local(path));
  }

  /**
   * Makes a path mean the same in every process.
   *
   * @param path of a file or a pattern
   * @return the path itself if it is remote, else an absolute one, without {@code file://}
   */
  public static String absolute(String path) {
    String local = MatchImages.local(path);
    return isRemote(local)
        ? local
        : Path.of("").toAbsolutePath().resolve(local).normalize().toString();
  }

  /**
   * Tells whether a file exists.
   *
   * @param path its path
   * @return whether it does
   * @throws IOException if the file system cannot be asked
   */
  public static boolean exists(String path) throws IOException {
    // Beam's local file system walks the whole tree below the parent of a file that is not there.
    return isRemote(path)
        ? FileSystems.match(path, EmptyMatchTreatment.DISALLOW).status() == MatchResult.Status.OK
        : Files.exists(Path.of(MatchImages.local(path)));
  }

  /**
   * Deletes a folder of this machine with all that is in it.
   *
   * @param folder an existing folder
   * @throws IOException if something cannot be deleted
   */
  public static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
