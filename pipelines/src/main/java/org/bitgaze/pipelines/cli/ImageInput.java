package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.transforms.KeyLimit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.Scenes;

/** What {@code --input} means. */
final class ImageInput {
  private static final String SCENES = "scenes:";

  private ImageInput() {}

  /**
   * Looks at the input, and counts the images.
   *
   * @param input a folder, a file pattern, or {@code scenes:COUNT[:SEED]}
   * @param limit how many images are taken at the most; 0 for all
   * @throws UsageException if the folder does not exist or nothing matches
   * @throws IOException if the file system cannot be asked
   */
  static AuditInput of(String input, int limit) throws IOException {
    if (isScenes(input)) {
      return scenes(input, limit);
    }
    MatchImages images = images(input);
    long[] count = {0};
    KeyLimit.Finder finder = new KeyLimit.Finder(Math.max(1, limit));
    images.visit(
        (key, path) -> {
          count[0]++;
          if (limit > 0) {
            finder.add(key);
          }
        });
    if (count[0] == 0) {
      throw new UsageException("--input " + input + " has no images");
    }
    return limit == 0 || limit >= count[0]
        ? new AuditInput.Files(images, count[0])
        : new AuditInput.Files(images.within(finder.limit()), limit);
  }

  private static MatchImages images(String input) {
    boolean remote = BeamFiles.isRemote(input);
    String path = BeamFiles.absolute(input);
    if (remote ? wildcard(path) < 0 : Files.isDirectory(Path.of(input))) {
      return MatchImages.in(path);
    }
    int wildcard = wildcard(path);
    // A file whose name looks like a pattern is that file.
    if (!remote && Files.exists(Path.of(input))) {
      throw new UsageException(
          "--input " + input + " is a file; name its folder, or a pattern of files");
    }
    if (wildcard < 0 && !remote) {
      throw new UsageException("--input " + input + " does not exist");
    }
    int end = wildcard < 0 ? path.length() : wildcard;
    return MatchImages.matching(path, path.substring(0, path.lastIndexOf('/', end - 1) + 1));
  }

  /** Tells whether synthetic scenes are asked for, which have labels and masks. */
  static boolean isScenes(String input) {
    return input.startsWith(SCENES);
  }

  private static AuditInput scenes(String input, int limit) {
    String[] parts = input.substring(SCENES.length()).split(":", -1);
    try {
      long count = Long.parseLong(parts[0]);
      long seed = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
      if (count >= 1 && parts.length <= 2) {
        long taken = limit == 0 ? count : Math.min(limit, count);
        return new AuditInput.Synthetic(Scenes.read(taken, seed), taken);
      }
    } catch (NumberFormatException e) {
      // Reported below, as too few or too many are.
    }
    throw new UsageException("--input " + input + " is not scenes:COUNT or scenes:COUNT:SEED");
  }

  private static int wildcard(String path) {
    for (int i = 0; i < path.length(); i++) {
      if ("*?[{".indexOf(path.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
