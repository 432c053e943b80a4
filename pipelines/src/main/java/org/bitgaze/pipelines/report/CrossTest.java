package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * A quantized network's map against f32's map of the same class, each judged by both networks. If
 * the quantized network's own map explains it better, the network looks elsewhere. If f32's map
 * explains it as well or better, the map has drifted and not the network.
 *
 * @param model the model's id
 * @param precision such as {@code int8}
 * @param atOwn the precision's map against f32's, judged by the precision's network
 * @param atF32 the same, judged by the f32 network
 * @param tests number of tests of all cross tests, for which p is corrected
 */
public record CrossTest(
    String model, String precision, List<JudgedPair> atOwn, List<JudgedPair> atF32, int tests) {

  /** Every quantized precision that was judged, in the summary's order. */
  static List<CrossTest> of(Summary summary, RowQueries rows) throws IOException {
    List<JudgedPair> pairs = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.quantized()) {
        pairs.addAll(
            JudgedPair.of(
                summary, rows, model, precision, precision, Reference.NETWORK, Reference.F32_MAP));
        pairs.addAll(
            JudgedPair.of(
                summary, rows, model, precision, "f32", Reference.F32_NETWORK, Reference.F32_BOTH));
      }
    }
    List<JudgedPair> corrected = JudgedPair.corrected(pairs);
    List<CrossTest> all = new ArrayList<>();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.quantized()) {
        List<JudgedPair> own = select(corrected, model, precision, precision);
        if (!own.isEmpty()) {
          all.add(
              new CrossTest(
                  model,
                  precision,
                  own,
                  select(corrected, model, precision, "f32"),
                  corrected.size()));
        }
      }
    }
    return all;
  }

  private static List<JudgedPair> select(
      List<JudgedPair> pairs, String model, String precision, String judge) {
    return pairs.stream()
        .filter(
            p ->
                p.difference().model().equals(model)
                    && p.difference().precision().equals(precision)
                    && p.judge().equals(judge))
        .toList();
  }

  /**
   * Says what was found.
   *
   * @param title the model's title
   * @return one sentence
   */
  public String sentence(String title) {
    boolean better = atOwn.stream().anyMatch(p -> p.sign() > 0);
    boolean worse = atOwn.stream().anyMatch(p -> p.sign() < 0);
    String numbers = atOwn.stream().map(JudgedPair::words).collect(Collectors.joining("; "));
    String verdict;
    if (better && worse) {
      verdict = "the measures disagree whether its own map or f32's explains it better";
    } else if (better) {
      verdict = precision + " looks elsewhere: its own map explains it better than f32's map does";
    } else if (worse) {
      verdict =
          precision
              + "'s map is wrong or noisy: f32's map explains the "
              + precision
              + " network better than its own";
    } else if (atOwn.get(0).isTooSmall(tests)) {
      int images = atOwn.get(0).difference().pairs();
      verdict = images + " images are too few to tell its own map from f32's";
    } else {
      verdict =
          "no difference was found: f32's map explains the %s network as well as its own, so that"
                  .formatted(precision)
              + " what drifted is noise of the map, if anything";
    }
    return "%s at %s: %s (%s)".formatted(title, precision, verdict, numbers);
  }

  /** All four cells of each cross test. */
  static Table table(List<CrossTest> tests, Map<String, String> titles) {
    List<Row> rows = new ArrayList<>();
    for (CrossTest test : tests) {
      test.atOwn.forEach(pair -> rows.add(new Row(test, pair)));
      test.atF32.forEach(pair -> rows.add(new Row(test, pair)));
    }
    return new Layout<Row>()
        .left("Model", r -> titles.get(r.test.model))
        .left("Precision", r -> r.test.precision)
        .left("Judge", r -> r.pair.judge())
        .left("Measure", r -> r.pair.difference().measure())
        .right("The precision's map", r -> Numbers.fixed(r.pair.first(), 3))
        .right("f32's map", r -> Numbers.fixed(r.pair.second(), 3))
        .right("Images", r -> r.pair.difference().pairs())
        .right("Mean gain [95 % CI]", r -> r.pair.interval())
        .right("p, Holm", r -> r.pair.corrected())
        .ruled((above, row) -> above.test != row.test)
        .of(rows);
  }

  private record Row(CrossTest test, JudgedPair pair) {}
}
