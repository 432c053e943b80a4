package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * Whether a precision's maps explain the network at that precision better than a random map, and
 * better than the picture's centre.
 *
 * @param model the model's id
 * @param precision such as {@code int4}
 * @param confidence mean probability that the network gives the explained class
 * @param random gains over a random map, by measure
 * @param centre gains over the picture's centre, by measure
 * @param tests number of tests of all findings, for which p is corrected
 */
public record FaithfulnessFinding(
    String model,
    String precision,
    Optional<Double> confidence,
    List<JudgedPair> random,
    List<JudgedPair> centre,
    int tests) {
  /** Below this probability, nothing that changes the image can lower it visibly. */
  private static final double NO_CONFIDENCE = 0.01;

  /** Every model and precision that was judged, in the summary's order. */
  static List<FaithfulnessFinding> of(Summary summary, RowQueries rows) throws IOException {
    List<JudgedPair> pairs = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        for (Reference control : List.of(Reference.RANDOM_MAP, Reference.CENTRE_MAP)) {
          pairs.addAll(
              JudgedPair.of(
                  summary, rows, model, precision, precision, Reference.NETWORK, control));
        }
      }
    }
    List<JudgedPair> corrected = JudgedPair.corrected(pairs);
    List<FaithfulnessFinding> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        List<JudgedPair> random = select(corrected, model, precision, Reference.RANDOM_MAP);
        List<JudgedPair> centre = select(corrected, model, precision, Reference.CENTRE_MAP);
        if (!random.isEmpty()) {
          Optional<Double> confidence =
              JudgedPair.confidence(summary, model, precision, Reference.NETWORK);
          all.add(
              new FaithfulnessFinding(
                  model, precision, confidence, random, centre, corrected.size()));
        }
      }
    }
    return all;
  }

  private static List<JudgedPair> select(
      List<JudgedPair> pairs, String model, String precision, Reference control) {
    return pairs.stream()
        .filter(
            p ->
                p.difference().model().equals(model)
                    && p.difference().precision().equals(precision)
                    && p.difference().other().equals(control.id()))
        .toList();
  }

  /** {@return whether the network is too unsure of the explained class for a judgement} */
  boolean isWithoutConfidence() {
    return confidence.isPresent() && confidence.get() < NO_CONFIDENCE;
  }

  /**
   * Says what was found.
   *
   * @param title the model's title
   * @return one sentence
   */
  public String sentence(String title) {
    if (isWithoutConfidence()) {
      return ("%s at %s cannot be judged: the network gives the explained class a probability of %s;"
              + " --target own explains its own answer")
          .formatted(title, precision, Numbers.fixed(confidence.get(), 3));
    }
    if (random.stream().allMatch(p -> p.sign() == 0) && random.get(0).isTooSmall(tests)) {
      return "%s at %s: %d images are too few to tell whether its maps explain the network"
          .formatted(title, precision, random.get(0).difference().pairs());
    }
    String better = measures(random, 1);
    String worse = measures(random, -1);
    String numbers = random.stream().map(JudgedPair::words).collect(Collectors.joining("; "));
    if (better.isEmpty()) {
      return "%s: %s's maps explain the %s network %s: over a random map, %s"
          .formatted(
              title,
              precision,
              precision,
              worse.isEmpty() ? "no better than chance" : "worse than chance by " + worse,
              numbers);
    }
    String beyond = measures(centre, 1);
    return "%s: %s's maps explain the %s network better than chance by %s%s, and %s: over a random map, %s"
        .formatted(
            title,
            precision,
            precision,
            better,
            worse.isEmpty() ? "" : " but worse by " + worse,
            beyond.isEmpty()
                ? "no better than the picture's centre"
                : "better than the picture's centre by " + beyond,
            numbers);
  }

  private static String measures(List<JudgedPair> pairs, int sign) {
    return pairs.stream()
        .filter(p -> p.sign() == sign)
        .map(p -> p.difference().measure())
        .collect(Collectors.joining(" and "));
  }

  /** All gains in one table. */
  static Table table(List<FaithfulnessFinding> findings, Map<String, String> titles) {
    List<Row> rows = new ArrayList<>();
    for (FaithfulnessFinding finding : findings) {
      finding.random.forEach(pair -> rows.add(new Row(finding, pair)));
      finding.centre.forEach(pair -> rows.add(new Row(finding, pair)));
    }
    return new Layout<Row>()
        .left("Model", r -> titles.get(r.finding.model))
        .left("Precision", r -> r.finding.precision)
        .left("Measure", r -> r.pair.difference().measure())
        .left("Control", r -> r.pair.difference().other())
        .right("Its map", r -> Numbers.fixed(r.pair.first(), 3))
        .right("The control", r -> Numbers.fixed(r.pair.second(), 3))
        .right("Images", r -> r.pair.difference().pairs())
        .right("Mean gain [95 % CI]", r -> r.pair.interval())
        .right("Of the probability", r -> JudgedPair.share(r.pair.gain(), r.finding.confidence))
        .right("p, Holm", r -> r.pair.corrected())
        .ruled((above, row) -> above.finding != row.finding)
        .of(rows);
  }

  private record Row(FaithfulnessFinding finding, JudgedPair pair) {}
}
