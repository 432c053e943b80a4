package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.bitgaze.image.ClassImage;
import org.bitgaze.image.Rectangle;
import org.bitgaze.image.RgbImage;
import org.bitgaze.scene.Scene;
import org.bitgaze.scene.VisibleObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bitgaze scenes}: synthetic images with labels and exact masks, as files. */
@Command(
    name = "scenes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws synthetic scenes: one salient object of one of 12 classes (shape and surface) and one to"
          + " three distractors. Writes DIR/images and DIR/masks, with equal file names,"
          + " DIR/labels.csv, and labels for other tasks: DIR/classes (class numbers: 0 ground, 1"
          + " disc, 2 triangle, 3 cross, 4 star, 5 clutter) and DIR/boxes (YOLO's text, counted from"
          + " 0 without the ground). A seed gives the same bytes on every machine; the format is BMP, which"
          + " does not depend on a compressor."
    },
    footer = {
      "",
      "Examples:",
      "  bitgaze scenes --count 1000 --seed 3 --output scenes",
      "  bitgaze audit --input scenes/images --masks scenes/masks --labels scenes/labels.csv \\",
      "      --weights scenes --networks mobilenet_v2,squeezenet1_0 --output out"
    })
final class ScenesCommand implements Callable<Integer> {
  @Option(names = "--count", required = true, paramLabel = "N", description = "number of scenes")
  private long count;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "seed of the scenes (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "a new or empty folder")
  private Path output;

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(1, "--count", count);
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
    return ExitCode.OK;
  }

  private void write(long number) {
    Scene scene = Scene.of(seed, number);
    try {
      bitmap(scene.picture(), output.resolve("images").resolve(scene.key()));
      bitmap(scene.mask(), output.resolve("masks").resolve(scene.key()));
      bitmap(grey(scene.classes()), output.resolve("classes").resolve(scene.key()));
      Path boxes = output.resolve("boxes").resolve(scene.key().replaceFirst("bmp$", "txt"));
      Files.createDirectories(boxes.getParent());
      Files.writeString(boxes, boxes(scene));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RgbImage grey(ClassImage classes) {
    byte[] pixels = new byte[3 * classes.classes().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = classes.classes()[i / 3];
    }
    return new RgbImage(classes.height(), classes.width(), pixels);
  }

  /** YOLO's text: class, centre and size as fractions of the picture. */
  private static String boxes(Scene scene) {
    StringBuilder text = new StringBuilder();
    for (VisibleObject object : scene.objects()) {
      Rectangle box = object.box();
      double width = object.mask().width();
      double height = object.mask().height();
      text.append(object.category().ordinal())
          .append(' ')
          .append((box.left() + box.width() / 2.0) / width)
          .append(' ')
          .append((box.top() + box.height() / 2.0) / height)
          .append(' ')
          .append(box.width() / width)
          .append(' ')
          .append(box.height() / height)
          .append('\n');
    }
    return text.toString();
  }

  private static void bitmap(RgbImage image, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (var out = Files.newOutputStream(file)) {
      if (!ImageIO.write(image.toBufferedImage(), "bmp", out)) {
        throw new IOException("this JVM cannot write BMP");
      }
    }
  }
}
