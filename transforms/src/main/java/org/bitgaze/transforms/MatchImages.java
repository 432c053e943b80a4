package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Finds image files on this machine or any of Beam's file systems, and gives each its key: its path
 * below the root, with forward slashes. Yields key and path, as {@link SpreadKeys} hands them out.
 *
 * <pre>{@code
 * pipeline.apply(MatchImages.in("/data/photos"));
 * pipeline.apply(MatchImages.matching("/data/photos/n0*.JPEG", "/data/photos"));
 * }</pre>
 */
public final class MatchImages extends PTransform<PBegin, PCollection<KV<String, String>>> {
  private static final long serialVersionUID = 1L;
  private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(jpe?g|png|webp|gif|bmp|tiff?)");

  private final Place place;
  private final List<KeyLimit> limits;
  private final SpreadKeys<String> handOut;
  private final boolean counted;

  /**
   * Where images are.
   *
   * @param pattern a folder, or a Beam file pattern
   * @param root the keys' root, with a slash at its end
   * @param folder whether the pattern is a folder's path, in which no character is a wildcard
   */
  private record Place(String pattern, String root, boolean folder) implements Serializable {
    private static final long serialVersionUID = 1L;

    private boolean accepts(String path) {
      return !folder || IMAGE.matcher(path).matches();
    }

    private boolean isRemote() {
      return pattern.contains("://");
    }

    private String key(String path) {
      String slashed = path.replace('\\', '/');
      return slashed.startsWith(root) ? slashed.substring(root.length()) : slashed;
    }
  }

  /** Hears of each image. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes an image.
     *
     * @param key its path below the root
     * @param path its path
     */
    void visit(String key, String path);
  }

  private MatchImages(
      Place place, List<KeyLimit> limits, SpreadKeys<String> handOut, boolean counted) {
    this.place = place;
    this.limits = limits;
    this.handOut = handOut;
    this.counted = counted;
  }

  /**
   * Takes every file of a folder, at any depth, whose extension is that of an image.
   *
   * @param folder the folder, which is also the keys' root
   * @return the transform
   */
  public static MatchImages in(String folder) {
    return new MatchImages(
        new Place(slash(folder), slash(folder), true), List.of(), SpreadKeys.create(), true);
  }

  /**
   * Takes every file that matches.
   *
   * @param pattern a Beam file pattern
   * @param root the keys' root
   * @return the transform
   */
  public static MatchImages matching(String pattern, String root) {
    return new MatchImages(
        new Place(pattern, slash(root), false), List.of(), SpreadKeys.create(), true);
  }

  private static String slash(String folder) {
    String path = folder.replace('\\', '/');
    return path.endsWith("/") || path.isEmpty() ? path : path + "/";
  }

  /**
   * Chooses how the names are handed out.
   *
   * @param way how
   * @return a new transform
   */
  public MatchImages withHandOut(SpreadKeys.Way way) {
    return new MatchImages(place, limits, handOut.withWay(way), counted);
  }

  /**
   * Takes some images only.
   *
   * @param limit lets their keys through
   * @return a new transform
   */
  public MatchImages within(KeyLimit limit) {
    return new MatchImages(place, List.of(limit), handOut, counted);
  }

  /**
   * Reports no metrics, for images that are looked for a second time.
   *
   * @return a new transform
   */
  public MatchImages uncounted() {
    return new MatchImages(place, limits, handOut, false);
  }

  /**
   * Finds the images now, in this process, one after the other.
   *
   * @param visitor hears of each
   * @throws IOException if the file system cannot be asked
   */
  public void visit(Visitor visitor) throws IOException {
    if (place.folder && !place.isRemote()) {
      // Links are followed; where one leads back to a folder above it, it is left out.
      Files.walkFileTree(
          Path.of(place.pattern),
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && place.accepts(file.toString())) {
                pass(file.toString(), visitor);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof FileSystemLoopException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
      return;
    }
    String pattern = place.folder ? place.pattern + "**" : place.pattern;
    MatchResult match = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
    if (match.status() != MatchResult.Status.NOT_FOUND) {
      for (MatchResult.Metadata file : match.metadata()) {
        String path = file.resourceId().toString();
        if (place.accepts(path) && !file.resourceId().isDirectory()) {
          pass(path, visitor);
        }
      }
    }
  }

  private void pass(String path, Visitor visitor) {
    String key = place.key(path);
    if (limits.stream().allMatch(limit -> limit.accepts(key))) {
      visitor.visit(key, path);
    }
  }

  /**
   * Returns the path of an image.
   *
   * @param key its key
   * @return its path
   */
  public String path(String key) {
    return place.root + key;
  }

  @Override
  public PCollection<KV<String, String>> expand(PBegin input) {
    return input
        .apply("Where", Create.of(place.pattern))
        .apply("Match", ParDo.of(new MatchFn(this)))
        .apply("SpreadKeys", handOut);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("pattern", place.pattern))
        .add(DisplayData.item("root", place.root));
  }

  private static final class MatchFn extends DoFn<String, KV<String, String>> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final MatchImages images;

    MatchFn(MatchImages images) {
      this.images = images;
    }

    @ProcessElement
    public void process(OutputReceiver<KV<String, String>> out) throws IOException {
      images.visit(
          (key, path) -> {
            if (images.counted) {
              matched.inc();
            }
            out.output(KV.of(key, path));
          });
    }
  }
}
