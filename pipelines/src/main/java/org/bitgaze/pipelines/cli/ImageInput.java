package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.Scenes;

/**
 * What {@code --input} means.
 *
 * @param source the images
 * @param count how many there are now
 * @param scenes the synthetic scenes, or null if the images are files
 */
record ImageInput(AuditInput source, long count, Scenes scenes) {
  private static final String SCENES = "scenes:";
  private static final int IMAGES_PER_BUNDLE = 16;

  /** Enough that no worker waits long for another at the end of a small job. */
  private static final int MIN_BUNDLES = 8;

  private static final int MAX_BUNDLES = 1 << 16;

  /**
   * Looks at the input.
   *
   * @param input a folder, a file pattern, or {@code scenes:COUNT[:SEED]}
   * @throws UsageException if the folder does not exist or nothing matches
   * @throws IOException if the file system cannot be asked
   */
  static ImageInput of(String input) throws IOException {
    if (isScenes(input)) {
      return scenes(input);
    }
    boolean remote = BeamFiles.isRemote(input);
    int wildcard = wildcard(input);
    String path = BeamFiles.absolute(input);
    boolean folder =
        wildcard < 0 && (remote ? input.endsWith("/") : Files.isDirectory(Path.of(input)));
    if (!folder && wildcard < 0 && !remote && !Files.exists(Path.of(input))) {
      throw new UsageException("--input " + input + " does not exist");
    }
    MatchImages images;
    if (folder) {
      images = MatchImages.in(path);
    } else {
      int end = wildcard < 0 ? path.length() : wildcard(path);
      images = MatchImages.matching(path, path.substring(0, path.lastIndexOf('/', end - 1) + 1));
    }
    long count =
        FileSystems.match(images.pattern(), EmptyMatchTreatment.ALLOW).metadata().stream()
            .filter(m -> images.accepts(m.resourceId()))
            .count();
    if (count == 0) {
      throw new UsageException("--input " + input + " has no images");
    }
    return new ImageInput(new AuditInput.Files(images, bundles(count)), count, null);
  }

  /** Tells whether synthetic scenes are asked for, which have labels and masks. */
  static boolean isScenes(String input) {
    return input.startsWith(SCENES);
  }

  private static ImageInput scenes(String input) {
    String[] parts = input.substring(SCENES.length()).split(":", -1);
    try {
      long count = Long.parseLong(parts[0]);
      long seed = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
      if (count >= 1 && parts.length <= 2) {
        Scenes scenes = Scenes.read(count, seed);
        return new ImageInput(new AuditInput.Synthetic(scenes, bundles(count)), count, scenes);
      }
    } catch (NumberFormatException e) {
      // Reported below, as too few or too many are.
    }
    throw new UsageException("--input " + input + " is not scenes:COUNT or scenes:COUNT:SEED");
  }

  private static int bundles(long count) {
    return (int) Math.min(MAX_BUNDLES, Math.max(MIN_BUNDLES, count / IMAGES_PER_BUNDLE));
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
