package org.bitgaze.transforms;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.regex.Matcher;
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
import org.bitgaze.transforms.io.LocalFiles;

/**
 * Finds image files on this machine or any of Beam's file systems, and gives each its key: its path
 * below the root, with forward slashes. Yields key and path, spread by {@link SpreadKeys}.
 *
 * <pre>{@code
 * pipeline.apply(MatchImages.in("/data/photos"));
 * pipeline.apply(MatchImages.matching("/data/photos/n0*.JPEG", "/data/photos"));
 * }</pre>
 */
public final class MatchImages extends PTransform<PBegin, PCollection<KV<String, String>>> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = Logger.getLogger(MatchImages.class.getName());
  private static final Pattern IMAGE = Pattern.compile("(?is).*\\.(jpe?g|png|webp|gif|bmp|tiff?)");
  private static final Pattern FILE_URI = Pattern.compile("file:(?://(?:localhost)?)?(/.*)");
  private static final Pattern LITERAL = Pattern.compile("[\\[\\]{}]");

  /** What stands in a name for bytes that are not characters; other files may have the same. */
  private static final char UNDECODABLE = '\ufffd';

  private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private final Place place;
  private final List<KeyLimit> limits;
  private final SpreadKeys<String> spreading;
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
      return LocalFiles.isRemote(pattern);
    }

    private String key(String path) {
      String slashed = slashed(path);
      return slashed.startsWith(root) ? slashed.substring(root.length()) : slashed;
    }
  }

  /** Takes what is found. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes an image.
     *
     * @param key its path below the root
     * @param path its path
     */
    void visit(String key, String path);

    /**
     * Takes a file or folder that is skipped although it is asked for.
     *
     * @param key its path below the root, with escapes for line breaks
     * @param reason why, in one line
     */
    default void unusable(String key, String reason) {}

    /**
     * Takes an image that is skipped because it, or a folder that it is in, is hidden, trash, or
     * made by the system, see {@link HiddenFiles}.
     *
     * @param key its path below the root
     */
    default void hidden(String key) {}
  }

  private MatchImages(
      Place place, List<KeyLimit> limits, SpreadKeys<String> spreading, boolean counted) {
    this.place = place;
    this.limits = limits;
    this.spreading = spreading;
    this.counted = counted;
  }

  /**
   * Takes every image file of a folder, at any depth. Which files are images is told by their
   * extensions.
   *
   * @param folder the folder, which is also the keys' root; a path, or a URI such as {@code
   *     gs://bucket/photos} or {@code file:///photos}
   * @return the transform
   */
  public static MatchImages in(String folder) {
    String root = slash(local(folder));
    return new MatchImages(new Place(root, root, true), List.of(), SpreadKeys.create(), true);
  }

  /**
   * Takes every file that matches.
   *
   * @param pattern a Beam file pattern; {@code [} and <code>{</code> stand for themselves where
   *     folders are called so, or nothing matches otherwise
   * @param root the keys' root
   * @return the transform
   */
  public static MatchImages matching(String pattern, String root) {
    return new MatchImages(
        new Place(local(pattern), slash(local(root)), false), List.of(), SpreadKeys.create(), true);
  }

  /**
   * Takes the scheme off the URI of a local file.
   *
   * @param path a path or URI
   * @return the path of a {@code file:} URI, decoded if only that exists; anything else unchanged
   */
  public static String local(String path) {
    Matcher uri = FILE_URI.matcher(path);
    if (!uri.matches()) {
      return path;
    }
    String raw = uri.group(1);
    if (raw.contains("%") && !Files.exists(Path.of(raw))) {
      try {
        String decoded = Path.of(URI.create("file://" + raw)).toString();
        return Files.exists(Path.of(decoded)) ? decoded : raw;
      } catch (IllegalArgumentException e) {
        // Not an encoded path.
      }
    }
    return raw;
  }

  /**
   * Returns where a local pattern's wildcards begin.
   *
   * @param pattern an absolute file pattern
   * @return the deepest folder above them, with a slash at its end; a name that looks like a
   *     pattern is a folder's if there is one
   */
  public static String literalFolder(String pattern) {
    String folder = pattern.startsWith("/") ? "/" : "";
    for (String part : slashed(pattern).substring(folder.length()).split("/")) {
      if (!isFolder(folder + part)) {
        break;
      }
      folder += part + "/";
    }
    return folder;
  }

  private static boolean isFolder(String path) {
    try {
      return Files.isDirectory(Path.of(path));
    } catch (InvalidPathException e) {
      // Where wildcards cannot be in a name.
      return false;
    }
  }

  private static String slashed(String path) {
    // Elsewhere a backslash is a character of a name.
    return File.separatorChar == '\\' ? path.replace('\\', '/') : path;
  }

  private static String slash(String folder) {
    String path = slashed(folder);
    return path.endsWith("/") || path.isEmpty() ? path : path + "/";
  }

  /**
   * Chooses how the images are spread over workers.
   *
   * @return a new transform
   */
  public MatchImages withSpreading(SpreadKeys.Strategy strategy) {
    return new MatchImages(place, limits, spreading.withStrategy(strategy), counted);
  }

  /**
   * Takes some images only.
   *
   * @param limit lets their keys through
   * @return a new transform
   */
  public MatchImages within(KeyLimit limit) {
    return new MatchImages(place, List.of(limit), spreading, counted);
  }

  /**
   * Reports no metrics, for images that are looked for a second time.
   *
   * @return a new transform
   */
  public MatchImages uncounted() {
    return new MatchImages(place, limits, spreading, false);
  }

  /**
   * Finds the images now, in this process, one after the other.
   *
   * @param visitor takes each
   * @throws IOException if the file system cannot be asked; a part of it that cannot is given to
   *     the visitor
   */
  public void visit(Visitor visitor) throws IOException {
    if (place.isRemote()) {
      visitRemote(visitor);
    } else if (place.folder) {
      walk(Path.of(place.pattern), Integer.MAX_VALUE, file -> true, visitor);
    } else {
      visitPattern(visitor);
    }
  }

  private void visitRemote(Visitor visitor) throws IOException {
    String pattern = place.folder ? place.pattern + "**" : place.pattern;
    MatchResult match = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
    if (match.status() != MatchResult.Status.NOT_FOUND) {
      for (MatchResult.Metadata file : match.metadata()) {
        String path = file.resourceId().toString();
        if (!file.resourceId().isDirectory()) {
          pass(path, visitor);
        }
      }
    }
  }

  private void visitPattern(Visitor visitor) throws IOException {
    String folder = literalFolder(place.pattern);
    String glob = slashed(place.pattern).substring(folder.length());
    String[] parts = glob.split("/");
    if (parts.length > 1 && !WILDCARD.matcher(parts[0]).find()) {
      // A folder that does not exist.
      return;
    }
    int depth = glob.contains("**") || glob.contains("{") ? Integer.MAX_VALUE : parts.length;
    boolean[] any = {false};
    Optional<PathMatcher> matcher = matcher(glob);
    if (matcher.isPresent()) {
      walk(Path.of(folder), depth, file -> matcher.get().matches(file) && (any[0] = true), visitor);
    }
    String literal = LITERAL.matcher(glob).replaceAll("\\\\$0");
    if (!any[0] && !literal.equals(glob)) {
      walk(Path.of(folder), depth, matcher(literal).orElseThrow(), visitor);
    }
  }

  /** Nothing for a pattern that cannot be one, such as <code>a{1*.png</code>. */
  private static Optional<PathMatcher> matcher(String glob) {
    try {
      return Optional.of(java.nio.file.FileSystems.getDefault().getPathMatcher("glob:" + glob));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Looks at a folder's files, whose paths below it a matcher accepts. Links are followed. */
  private void walk(Path folder, int depth, PathMatcher matcher, Visitor visitor)
      throws IOException {
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        depth,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!matcher.matches(folder.relativize(file))) {
              return FileVisitResult.CONTINUE;
            }
            if (attributes.isRegularFile()) {
              pass(file.toString(), visitor);
            } else if (attributes.isSymbolicLink() && place.accepts(file.toString())) {
              unusable(file, "is a link to a file that does not exist", visitor);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // A link back to a folder above it: its files are found there.
            if (!(e instanceof FileSystemLoopException)) {
              unusable(file, reason(e), visitor);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e) {
            if (e != null) {
              unusable(visited, reason(e), visitor);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static String reason(IOException e) {
    return "cannot be read: "
        + (e instanceof AccessDeniedException
            ? "permission denied"
            : String.valueOf(e.getMessage()));
  }

  private void pass(String path, Visitor visitor) {
    String key = place.key(path);
    if (!place.accepts(path) || !limits.stream().allMatch(limit -> limit.accepts(key))) {
      return;
    }
    if (HiddenFiles.isHidden(key)) {
      visitor.hidden(key);
    } else if (CONTROL.matcher(key).find()) {
      visitor.unusable(printable(key), "its name has a line break or another control character");
    } else if (key.indexOf(UNDECODABLE) >= 0) {
      visitor.unusable(key, "its name is not text in this locale; LC_ALL=C.UTF-8 may help");
    } else {
      visitor.visit(key, path);
    }
  }

  private void unusable(Path path, String reason, Visitor visitor) {
    String key = place.key(path.toString());
    if (!HiddenFiles.isHidden(key)) {
      visitor.unusable(printable(key), reason);
    }
  }

  private static String printable(String key) {
    return CONTROL
        .matcher(key)
        .replaceAll(c -> Matcher.quoteReplacement("\\u%04x".formatted((int) c.group().charAt(0))));
  }

  /**
   * {@return the path of an image}
   *
   * @param key its key
   */
  public String path(String key) {
    return place.root + key;
  }

  @Override
  public PCollection<KV<String, String>> expand(PBegin input) {
    return input
        .apply("Where", Create.of(place.pattern))
        .apply("Match", ParDo.of(new MatchFn(this)))
        .apply("SpreadKeys", spreading);
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
          new Visitor() {
            @Override
            public void visit(String key, String path) {
              if (images.counted) {
                matched.inc();
              }
              out.output(KV.of(key, path));
            }

            @Override
            public void unusable(String key, String reason) {
              if (images.counted) {
                LOG.warning(key + ": " + reason);
              }
            }
          });
    }
  }
}
