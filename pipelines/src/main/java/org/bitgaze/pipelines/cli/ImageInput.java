package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.audit.ImageCount;
import org.bitgaze.pipelines.output.BeamFiles;
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
    ImageCount count = ImageCount.of(images, limit);
    if (count.images() == 0) {
      throw new UsageException("--input " + input + " has no images" + count.skipped());
    }
    return count.limit().isEmpty()
        ? new AuditInput.Files(images, count)
        : new AuditInput.Files(images.within(count.limit().get()), count);
  }

  private static MatchImages images(String input) {
    boolean remote = BeamFiles.isRemote(input);
    String path = BeamFiles.absolute(input);
    if (remote ? wildcard(path) < 0 : Files.isDirectory(Path.of(path))) {
      return MatchImages.in(path);
    }
    int wildcard = wildcard(path);
    // A file whose name looks like a pattern is that file.
    if (!remote && Files.exists(Path.of(path))) {
      throw new UsageException(
          "--input " + input + " is a file; name its folder, or a pattern of files");
    }
    if (wildcard < 0 && !remote) {
      throw new UsageException("--input " + input + " does not exist");
    }
    return MatchImages.matching(
        path,
        remote
            ? path.substring(0, path.lastIndexOf('/', wildcard - 1) + 1)
            : MatchImages.literalFolder(path));
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
