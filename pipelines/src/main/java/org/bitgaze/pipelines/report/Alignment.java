package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/**
 * How well a network's maps agree with saliency, beside how well they agree with the picture's
 * centre. A saliency model explains a map only as far as it explains more than the centre does.
 *
 * @param saliency mean CC with the saliency maps, over the images that have both values
 * @param centre mean CC with the centre, over the same images
 * @param difference CC with saliency minus CC with the centre, paired per image, with its 95 %
 *     confidence interval; p is corrected for all alignments of the report
 */
public record Alignment(double saliency, double centre, PairedDifference difference) {
  private static final String CC = StandardMeasure.CC.id();

  /** {@return which of the two explains the maps better, by the corrected paired test} */
  public String verdict() {
    return switch (difference.sign()) {
      case 1 -> "more than the centre";
      case -1 -> "less than the centre";
      default -> "as well as the centre: no difference was found";
    };
  }

  /** Each model and precision against each saliency that is no control; empty without centre. */
  static List<Alignment> of(Summary summary, RowQueries rows) throws IOException {
    List<PairedTests.Request> requests = new ArrayList<>();
    String control = Reference.CENTRE.id();
    for (String model : summary.models().keySet()) {
      for (String precision : summary.precisions()) {
        for (Reference reference : summary.references(r -> r.kind() == Reference.Kind.SALIENCY)) {
          if (summary.has(model, precision, reference.id(), CC)
              && summary.has(model, precision, control, CC)) {
            Pairs.Place place = new Pairs.Place(model, precision, reference.id());
            Pairs.Place centre = new Pairs.Place(model, precision, control);
            requests.add(new PairedTests.Request(CC, place, centre, control));
          }
        }
      }
    }
    List<Alignment> all =
        PairedTests.of(
            rows,
            requests,
            (pairs, test) ->
                new Alignment(
                    StatUtils.mean(pairs.values()), StatUtils.mean(pairs.others()), test));
    Holm.correct(all, Alignment::difference, (a, d) -> new Alignment(a.saliency, a.centre, d));
    return all;
  }

  static Table table(List<Alignment> alignments, Map<String, String> titles) {
    return new Layout<Alignment>()
        .left("Model", a -> titles.get(a.difference().model()))
        .left("Precision", a -> a.difference().precision())
        .left("Saliency", a -> a.difference().reference())
        .right("CC with it", a -> Numbers.fixed(a.saliency(), 3))
        .right("CC with the centre", a -> Numbers.fixed(a.centre(), 3))
        .right("Images", a -> a.difference().pairs())
        .right("Mean difference [95 % CI]", a -> a.difference().interval(3))
        .right("p, Holm", a -> a.difference().correctedCell())
        .left("It explains the maps", Alignment::verdict)
        .of(alignments);
  }
}
