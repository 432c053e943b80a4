package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.bitgaze.transforms.KeyLimit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.MetricNames;
import org.bitgaze.transforms.values.Reject;

/**
 * How many image files a job looks at, and what it skips.
 *
 * @param images number of images, within the limit
 * @param limit lets them through; empty for all
 * @param hidden number of images that are hidden, thrown away or made by the system
 * @param unusable files and folders that cannot be used
 */
public record ImageCount(
    long images, Optional<KeyLimit> limit, long hidden, List<Reject> unusable) {
  /** {@link Reject#getStage} of what cannot be used. */
  static final String STAGE = "match";

  /**
   * Counts images.
   *
   * @param images finds them
   * @param limit at most so many are taken; 0 for all
   * @return their number
   * @throws IOException if the file system cannot be asked
   */
  public static ImageCount of(MatchImages images, int limit) throws IOException {
    return of(images, limit, key -> {});
  }

  /**
   * Counts images, and lists their keys.
   *
   * @param images finds them
   * @param limit at most so many are taken; 0 for all
   * @param keys takes the keys of all images, whatever the limit
   * @return their number
   * @throws IOException if the file system cannot be asked
   */
  public static ImageCount of(MatchImages images, int limit, Consumer<String> keys)
      throws IOException {
    Counting counting = new Counting(limit, keys);
    images.visit(counting);
    boolean limited = limit > 0 && limit < counting.images;
    return new ImageCount(
        limited ? limit : counting.images,
        limited ? Optional.of(counting.finder.limit()) : Optional.empty(),
        counting.hidden,
        List.copyOf(counting.unusable));
  }

  /** {@return what is skipped, to follow the number of images; empty if nothing is} */
  public String skipped() {
    String text = hidden == 0 ? "" : "; " + hidden + " hidden images are skipped";
    if (!unusable.isEmpty()) {
      Reject first = unusable.get(0);
      text +=
          "; %d files or folders cannot be used, such as '%s': %s"
              .formatted(unusable.size(), first.getKey(), first.getReason());
    }
    return text;
  }

  /** {@return the same count, without what cannot be used: another pipeline rejects it} */
  ImageCount usable() {
    return new ImageCount(images, limit, hidden, List.of());
  }

  /** Passes rejects on, and counts them. */
  static final class RejectFn extends DoFn<Reject, Reject> {
    private static final long serialVersionUID = 1L;
    private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);

    @ProcessElement
    public void process(@Element Reject reject, OutputReceiver<Reject> out) {
      rejected.inc();
      out.output(reject);
    }
  }

  private static final class Counting implements MatchImages.Visitor {
    private final KeyLimit.Finder finder;
    private final Consumer<String> keys;
    private final List<Reject> unusable = new ArrayList<>();
    private long images;
    private long hidden;

    Counting(int limit, Consumer<String> keys) {
      this.keys = keys;
      this.finder = new KeyLimit.Finder(Math.max(1, limit));
    }

    @Override
    public void visit(String key, String path) {
      images++;
      finder.add(key);
      keys.accept(key);
    }

    @Override
    public void unusable(String key, String reason) {
      unusable.add(Reject.of(key, STAGE, "", reason));
    }

    @Override
    public void hidden(String key) {
      hidden++;
    }
  }
}
