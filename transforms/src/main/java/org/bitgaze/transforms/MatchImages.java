package org.bitgaze.transforms;

import java.util.regex.Pattern;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.ReadableFileCoder;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
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

  private final String pattern;
  private final String root;
  private final boolean onlyImages;

  private MatchImages(String pattern, String root, boolean onlyImages) {
    this.pattern = pattern;
    this.root = root;
    this.onlyImages = onlyImages;
  }

  /**
   * Takes every file of a folder, at any depth, whose extension is that of an image.
   *
   * @param folder the folder, which is also the keys' root
   * @return the transform
   */
  public static MatchImages in(String folder) {
    String base = folder.endsWith("/") ? folder : folder + "/";
    return new MatchImages(base + "**", base, true);
  }

  /**
   * Takes every file that matches.
   *
   * @param pattern a file pattern
   * @param root the keys' root
   * @return the transform
   */
  public static MatchImages matching(String pattern, String root) {
    return new MatchImages(pattern, root, false);
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
        .apply(
            "Match",
            FileIO.match().filepattern(pattern).withEmptyMatchTreatment(EmptyMatchTreatment.ALLOW))
        .apply(
            "Open",
            FileIO.readMatches()
                .withDirectoryTreatment(FileIO.ReadMatches.DirectoryTreatment.SKIP)
                .withCompression(org.apache.beam.sdk.io.Compression.UNCOMPRESSED))
        .apply("Key", ParDo.of(new KeyFn(this)))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), ReadableFileCoder.of()))
        // The match is one element on one worker; from here on the files are spread over all.
        .apply("Spread", Reshuffle.viaRandomKey());
  }

  private static final class KeyFn
      extends DoFn<FileIO.ReadableFile, KV<String, FileIO.ReadableFile>> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final MatchImages images;

    KeyFn(MatchImages images) {
      this.images = images;
    }

    @ProcessElement
    public void process(
        @Element FileIO.ReadableFile file, OutputReceiver<KV<String, FileIO.ReadableFile>> out) {
      ResourceId id = file.getMetadata().resourceId();
      if (images.accepts(id)) {
        matched.inc();
        out.output(KV.of(ImageKeys.of(images.root, id), file));
      }
    }
  }
}
