package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.bitgaze.image.RgbImage;
import org.bitgaze.scene.Scene;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bitgaze scenes}: synthetic images with labels and exact masks, as files. */
@Command(
    name = "scenes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws photograph-like scenes with one salient object of 12 classes (its shape and surface) and"
          + " one to three distractors. Writes DIR/images and DIR/masks, one file of the same name in"
          + " each, and DIR/labels.csv. The same seed gives the same bytes on every machine; hence BMP,"
          + " which leaves nothing to a compressor's version."
    },
    footer = {
      "",
      "Examples:",
      "  bitgaze scenes --count 1000 --seed 3 --output scenes",
      "  bitgaze audit --input scenes/images --masks scenes/masks --labels scenes/labels.csv \\",
      "      --weights scenes --networks mobilenet_v2,squeezenet1_0 --output out"
    })
final class ScenesCommand implements Callable<Integer> {
  @Option(names = "--count", required = true, paramLabel = "N", description = "how many scenes")
  private long count;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "which series of scenes (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "a new or empty folder")
  private Path output;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new UsageException("--count " + count + " must be 1 or more");
    }
    if (Files.exists(output)) {
      try (var entries = Files.list(output)) {
        if (entries.findAny().isPresent()) {
          throw new UsageException("--output " + output + " is not empty");
        }
      }
    }
    Files.createDirectories(output);
    LongStream.range(0, count).parallel().forEach(this::write);
    StringBuilder labels = new StringBuilder("file,class_index,class_name\n");
    for (long i = 0; i < count; i++) {
      Scene scene = Scene.of(seed, i);
      labels.append(scene.key()).append(',').append(scene.label().index());
      labels.append(',').append(scene.label()).append('\n');
    }
    Files.writeString(output.resolve("labels.csv"), labels);
    System.out.println(count + " scenes in " + output);
    return 0;
  }

  private void write(long number) {
    Scene scene = Scene.of(seed, number);
    try {
      bitmap(scene.picture(), output.resolve("images").resolve(scene.key()));
      bitmap(scene.mask(), output.resolve("masks").resolve(scene.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void bitmap(RgbImage image, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (var out = Files.newOutputStream(file)) {
      if (!ImageIO.write(image.toBufferedImage(), "bmp", out)) {
        throw new IOException("this JVM writes no BMP");
      }
    }
  }
}
