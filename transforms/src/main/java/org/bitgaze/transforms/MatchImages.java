package org.bitgaze.transforms;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.ReadableFileCoder;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MetadataCoder;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Finds image files on any Beam file system and gives each its key.
 *
 * <pre>{@code
 * pipeline.apply(MatchImages.in("/data/photos"));
 * pipeline.apply(MatchImages.matching("/data/photos/n0*.JPEG", "/data/photos"));
 * }</pre>
 */
public final class MatchImages
    extends PTransform<PBegin, PCollection<KV<String, FileIO.ReadableFile>>> {
  private static final long serialVersionUID = 1L;
  private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(jpe?g|png|webp|gif|bmp|tiff?)");

  /** For folders whose size is not known beforehand. */
  private static final int BUNDLES = 64;

  private final String pattern;
  private final String root;
  private final boolean onlyImages;
  private final int bundles;

  private MatchImages(String pattern, String root, boolean onlyImages, int bundles) {
    this.pattern = pattern;
    this.root = root;
    this.onlyImages = onlyImages;
    this.bundles = bundles;
  }

  /**
   * Takes every file of a folder, at any depth, whose extension is that of an image.
   *
   * @param folder the folder, which is also the keys' root
   * @return the transform
   */
  public static MatchImages in(String folder) {
    String base = folder.endsWith("/") ? folder : folder + "/";
    return new MatchImages(base + "**", base, true, BUNDLES);
  }

  /**
   * Takes every file that matches.
   *
   * @param pattern a file pattern
   * @param root the keys' root
   * @return the transform
   */
  public static MatchImages matching(String pattern, String root) {
    return new MatchImages(pattern, root, false, BUNDLES);
  }

  /**
   * Chooses how finely the files are spread over workers. The direct runner takes milliseconds for
   * each bundle and step, and holds a bundle's images in memory: some sixteen images a bundle suit
   * it.
   *
   * @param number how many groups of files are made
   * @return the same transform with another number
   */
  public MatchImages inBundles(int number) {
    return new MatchImages(pattern, root, onlyImages, number);
  }

  /**
   * Returns the pattern.
   *
   * @return a Beam file pattern
   */
  public String pattern() {
    return pattern;
  }

  /**
   * Tells whether a file that matches the pattern is taken.
   *
   * @param file the file
   * @return whether it is, by its extension
   */
  public boolean accepts(ResourceId file) {
    return !onlyImages || IMAGE.matcher(file.toString()).matches();
  }

  @Override
  public PCollection<KV<String, FileIO.ReadableFile>> expand(PBegin input) {
    return input
        .apply("Pattern", Create.of(pattern))
        .apply("Match", ParDo.of(new MatchFn(this)))
        .setCoder(MetadataCoder.of())
        // The match is one element on one worker; from here on the files are spread over all.
        .apply("Spread", Reshuffle.<MatchResult.Metadata>viaRandomKey().withNumBuckets(bundles))
        .apply(
            "Open",
            FileIO.readMatches()
                .withDirectoryTreatment(FileIO.ReadMatches.DirectoryTreatment.SKIP)
                .withCompression(Compression.UNCOMPRESSED))
        .apply("Key", ParDo.of(new KeyFn(root)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ReadableFileCoder.of()));
  }

  /**
   * {@link FileIO#match} would spread the files one by one, which the direct runner pays dearly.
   */
  private static final class MatchFn extends DoFn<String, MatchResult.Metadata> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final MatchImages images;

    MatchFn(MatchImages images) {
      this.images = images;
    }

    @ProcessElement
    public void process(@Element String pattern, OutputReceiver<MatchResult.Metadata> out)
        throws IOException {
      MatchResult match = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
      if (match.status() == MatchResult.Status.NOT_FOUND) {
        return;
      }
      for (MatchResult.Metadata file : match.metadata()) {
        if (images.accepts(file.resourceId())) {
          matched.inc();
          out.output(file);
        }
      }
    }
  }

  private static final class KeyFn
      extends DoFn<FileIO.ReadableFile, KV<String, FileIO.ReadableFile>> {
    private static final long serialVersionUID = 1L;
    private final String root;

    KeyFn(String root) {
      this.root = root;
    }

    @ProcessElement
    public void process(
        @Element FileIO.ReadableFile file, OutputReceiver<KV<String, FileIO.ReadableFile>> out) {
      out.output(KV.of(ImageKeys.of(root, file.getMetadata().resourceId()), file));
    }
  }
}
