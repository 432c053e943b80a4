package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Table;

/**
 * What the tests of maps say: whether maps explain their networks, whose fault a drift is, and
 * whether maps depend on weights. Empty lists if nothing was tested.
 *
 * @param faithfulness one per model and precision
 * @param cross one per model and quantized precision
 * @param sanity one or two per model
 */
public record MapTestResults(
    List<FaithfulnessFinding> faithfulness, List<CrossTest> cross, List<SanityCheck> sanity) {

  private static final Pattern CAM = Pattern.compile("\\bcam=([^,)]+)");

  /** Evaluates a run. */
  public static MapTestResults of(Summary summary, RowQueries rows) throws IOException {
    List<FaithfulnessFinding> faithfulness = FaithfulnessFinding.of(summary, rows);
    List<CrossTest> cross = new ArrayList<>(CrossTest.of(summary, rows));
    // Nothing is said of a network that does not believe in the explained class.
    cross.removeIf(
        test ->
            faithfulness.stream()
                .anyMatch(
                    f ->
                        f.isWithoutConfidence()
                            && f.model().equals(test.model())
                            && f.precision().equals(test.precision())));
    return new MapTestResults(faithfulness, cross, SanityCheck.of(summary));
  }

  /** {@return whether nothing was tested} */
  public boolean isEmpty() {
    return faithfulness.isEmpty() && sanity.isEmpty();
  }

  /**
   * Says what was found.
   *
   * @param run the run's description
   * @return one sentence per finding
   */
  public List<String> sentences(RunInfo run) {
    Map<String, String> titles = run.titles();
    List<String> all = new ArrayList<>();
    faithfulness.forEach(f -> all.add(f.sentence(titles.get(f.model()))));
    cross.forEach(c -> all.add(c.sentence(titles.get(c.model()))));
    sanity.forEach(s -> all.add(s.sentence(titles.get(s.line().model()), method(run))));
    return all;
  }

  /** The map method, as the protocol names it. */
  private static String method(RunInfo run) {
    Matcher cam = CAM.matcher(run.protocol());
    return cam.find() ? cam.group(1) : "the method";
  }

  /** {@return the gains over the controls} */
  public Table faithfulnessTable(Map<String, String> titles) {
    return FaithfulnessFinding.table(faithfulness, titles);
  }

  /** {@return the four cells of each cross test} */
  public Table crossTable(Map<String, String> titles) {
    return CrossTest.table(cross, titles);
  }

  /** {@return the correlations with maps of random weights} */
  public Table sanityTable(Map<String, String> titles) {
    return SanityCheck.table(sanity, titles);
  }
}
