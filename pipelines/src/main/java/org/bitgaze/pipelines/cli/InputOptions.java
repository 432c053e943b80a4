package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.annotation.Nullable;
import org.bitgaze.image.MaskValues;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.ImageCount;
import org.bitgaze.pipelines.job.KeyListing;
import org.bitgaze.pipelines.job.MaskInput;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.transforms.Coverage;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.Scenes;
import picocli.CommandLine.Option;

/** The images of a job, and where their objects are. */
final class InputOptions {
  private static final String SCENES = "scenes:";

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description =
          "folder of images, searched at any depth; or a file pattern; or N synthetic scenes, which"
              + " have labels and masks")
  private String input;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "at most N images, chosen by a hash of their keys, or the first N scenes (default: all)")
  private int limit;

  @Nullable
  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "folder of masks with the images' names; adds the measures against masks (default for"
              + " scenes: their masks)")
  private String masks;

  @Option(
      names = "--mask-values",
      paramLabel = MaskValues.CHOICES,
      description =
          "which values of a mask are the object: all but 0; at least half as bright as white; class"
              + " numbers, grey or of a palette; opaque pixels; colours (default: found from each"
              + " mask; an ambiguous mask is rejected)")
  private String maskValues = "auto";

  /** The keys that {@link #images()} has found. */
  private Optional<KeyListing> listing = Optional.empty();

  /** {@return options that name N scenes} */
  static InputOptions scenes(long count, long seed) {
    InputOptions options = new InputOptions();
    options.input = SCENES + count + ":" + seed;
    return options;
  }

  /**
   * Finds and counts the images.
   *
   * @throws UsageException if there are none, or masks are given for scenes
   * @throws IOException if a file system does not answer
   */
  AuditInput images() throws IOException {
    UsageException.require(limit >= 0, "--limit must be at least 0 (0: all images), not " + limit);
    UsageException.require(
        masks == null || !areScenes(), "--masks are for image files; scenes have masks");
    AuditInput images = images(input, limit);
    if (images instanceof AuditInput.Files files) {
      listing = files.listing();
    }
    return images;
  }

  /**
   * Finds and counts images.
   *
   * @param input a folder, a file pattern, or {@code scenes:COUNT[:SEED]}
   * @param limit maximum number of images; 0 for all
   * @throws UsageException if there are none
   * @throws IOException if a file system does not answer
   */
  static AuditInput images(String input, int limit) throws IOException {
    return images("--input", input, limit);
  }

  /** As above, for an option of another name. */
  static AuditInput images(String option, String input, int limit) throws IOException {
    if (input.startsWith(SCENES)) {
      return scenes(option, input, limit);
    }
    MatchImages images = matching(option, input);
    KeyListing.Listed<ImageCount> listed =
        KeyListing.of(keys -> ImageCount.of(images, limit, keys));
    ImageCount count = listed.found();
    UsageException.require(
        count.images() > 0, option + " " + input + " has no images" + count.skipped());
    return new AuditInput.Files(count.limit().map(images::within).orElse(images), count)
        .with(listed.listing());
  }

  private static MatchImages matching(String option, String input) {
    boolean remote = BeamFiles.isRemote(input);
    String path = BeamFiles.absolute(input);
    int wildcard = wildcard(path);
    if (remote ? wildcard < 0 : Files.isDirectory(Path.of(path))) {
      return MatchImages.in(path);
    }
    // A file whose name contains a wildcard is this file.
    UsageException.require(
        remote || !Files.exists(Path.of(path)),
        option + " " + input + " is a file; give its folder, or a file pattern");
    UsageException.require(wildcard >= 0, option + " " + input + " does not exist");
    return MatchImages.matching(
        path,
        remote
            ? path.substring(0, path.lastIndexOf('/', wildcard - 1) + 1)
            : MatchImages.literalFolder(path));
  }

  private static AuditInput scenes(String option, String input, int limit) {
    String[] parts = input.substring(SCENES.length()).split(":", -1);
    try {
      long count = Long.parseLong(parts[0]);
      long seed = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
      if (count >= 1 && parts.length <= 2) {
        long taken = limit == 0 ? count : Math.min(limit, count);
        return new AuditInput.Synthetic(Scenes.read(taken, seed), taken);
      }
    } catch (NumberFormatException e) {
      // Reported below, as other wrong forms are.
    }
    throw new UsageException(
        option + " " + input + " must be scenes:COUNT or scenes:COUNT:SEED, with COUNT at least 1");
  }

  private static int wildcard(String path) {
    for (int i = 0; i < path.length(); i++) {
      if ("*?[{".indexOf(path.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /** {@return whether the images are synthetic scenes} */
  boolean areScenes() {
    return input.startsWith(SCENES);
  }

  /** {@return whether the images have masks} */
  boolean haveMasks() {
    return areScenes() || masks != null;
  }

  /**
   * Returns where the masks are, if a folder was given.
   *
   * @throws UsageException if it is not a folder, or the values have another form
   */
  Optional<MaskInput> masks() {
    UsageException.require(
        masks == null || Files.isDirectory(Path.of(MatchImages.local(masks))),
        "--masks " + masks + " is not a folder");
    MaskValues values = UsageException.checking(() -> MaskValues.parse(maskValues));
    return Optional.ofNullable(masks)
        .map(folder -> new MaskInput(BeamFiles.absolute(folder), values));
  }

  /**
   * Compares labels and masks with the images that {@link #images()} has found, and prints warnings
   * where they do not agree.
   *
   * @param labels a CSV file, or what {@code Coverage.ofTruths} takes; null for none
   * @param ofTask whether they are labels of a task that is not classification
   * @throws UsageException if no image has a label, or none has a mask
   * @throws IOException if a file system does not answer
   */
  void requireCoverage(@Nullable String labels, boolean ofTask) throws IOException {
    if (!areScenes()) {
      // All images, whatever --limit takes of them.
      Coverage.Keys all = listing.orElseThrow()::forEach;
      if (labels != null) {
        String path = BeamFiles.absolute(labels);
        require(
            "--labels " + labels,
            ofTask ? Coverage.ofTruths(path, all) : Coverage.ofLabels(path, all));
      }
      if (masks != null) {
        require("--masks " + masks, Coverage.ofMasks(masks().orElseThrow().folder(), all));
      }
    }
  }

  private static void require(String option, Coverage coverage) {
    coverage
        .problem()
        .ifPresent(
            problem -> {
              throw new UsageException(option + ": " + problem);
            });
    coverage.warnings().forEach(w -> System.err.println("warning: " + option + ": " + w));
  }

  /** {@return the number of images, and what is skipped, for people} */
  String counted(AuditInput images) {
    return images instanceof AuditInput.Files files
        ? images.count() + " images in " + input + files.counted().skipped()
        : images.count() + " synthetic scenes";
  }
}
