package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.annotation.Nullable;
import org.bitgaze.image.MaskValues;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.audit.MaskInput;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.transforms.Coverage;
import picocli.CommandLine.Option;

/** The images that a job looks at, and where their objects are. */
final class InputOptions {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description =
          "folder of images, searched at any depth, or a file pattern; or so many synthetic scenes,"
              + " made inside the job, with their labels and masks")
  private String input;

  @Option(
      names = "--limit",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "so many images at the most, chosen by a hash of their keys; the first so many scenes"
              + " (default: all)")
  private int limit;

  @Nullable
  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "folder of masks named as the photographs: adds the measures against masks (default for"
              + " scenes: theirs)")
  private Path masks;

  @Option(
      names = "--mask-values",
      defaultValue = "auto",
      paramLabel = MaskValues.CHOICES,
      description =
          "which values of a mask are the object: all but 0; at least half as bright as white; class"
              + " numbers, grey or of a palette; what is opaque; colours (default: found from each"
              + " mask; one that is ambiguous is rejected)")
  private String maskValues;

  /**
   * Looks at the input, and counts the images.
   *
   * @throws UsageException if there are none, or masks are named for scenes, which have theirs
   * @throws IOException if the file system cannot be asked
   */
  AuditInput images() throws IOException {
    if (limit < 0) {
      throw new UsageException("--limit " + limit + " must be 1 or more");
    }
    AuditInput images = ImageInput.of(input, limit);
    if (masks != null && !(images instanceof AuditInput.Files)) {
      throw new UsageException("--masks are for files; scenes know theirs");
    }
    return images;
  }

  /**
   * Compares labels and masks with the images, and prints warnings where they do not agree.
   *
   * @param images what was found
   * @param labels a CSV file; null for none
   * @throws UsageException if no image has a label, or none has a mask
   * @throws IOException if the file system cannot be asked
   */
  void requireCoverage(AuditInput images, @Nullable String labels) throws IOException {
    if (images instanceof AuditInput.Files files) {
      if (labels != null) {
        String path = BeamFiles.absolute(labels);
        require("--labels " + labels, Coverage.ofLabels(path, files.images()));
      }
      if (masks != null) {
        require(
            "--masks " + masks, Coverage.ofMasks(masks().orElseThrow().folder(), files.images()));
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

  /** The input as it was said. */
  String said() {
    return input;
  }

  boolean areScenes() {
    return ImageInput.isScenes(input);
  }

  /** Whether it is known where the images' objects are. */
  boolean haveMasks() {
    return areScenes() || masks != null;
  }

  /**
   * Returns the folder of masks.
   *
   * @throws UsageException if it is none
   */
  Optional<MaskInput> masks() {
    if (masks != null && !Files.isDirectory(masks)) {
      throw new UsageException("--masks: " + masks + " is no folder");
    }
    MaskValues values = maskValues();
    return Optional.ofNullable(masks)
        .map(m -> new MaskInput(m.toAbsolutePath().normalize().toString(), values));
  }

  private MaskValues maskValues() {
    try {
      return MaskValues.parse(maskValues);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--mask-values: " + e.getMessage());
    }
  }

  /** How many images there are, in words. */
  String counted(AuditInput images) throws IOException {
    return images instanceof AuditInput.Files files
        ? images.count() + " images in " + input + files.counted().skipped()
        : images.count() + " synthetic scenes";
  }
}
