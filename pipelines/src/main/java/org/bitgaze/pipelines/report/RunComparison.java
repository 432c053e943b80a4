package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Pairs;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;

/**
 * Compares runs: how each differs from the first one, on the images that both have.
 *
 * @param runs the runs
 * @param lines by the other run, model, precision, reference and measure
 */
public record RunComparison(List<Run> runs, List<Line> lines) {
  private static final Layout<Line> SHOWN =
      new Layout<Line>()
          .left("run", Line::run)
          .left("model", l -> l.difference().model())
          .left("maps", Line::pair)
          .left("measure", l -> l.difference().measure())
          .left("images", l -> l.difference().pairs())
          .left("first", l -> l.text(l.first()))
          .left("this", l -> l.text(l.other()))
          .left("difference", Line::interval)
          .left("p, Holm", l -> Numbers.pValue(l.difference().corrected()))
          .left("", Line::verdict);

  /**
   * One measure in two runs.
   *
   * @param run the other run's number, from 2
   * @param first mean in the first run, over the images that both have
   * @param other mean in the other run, over the same images
   * @param difference the other's minus the first's, per image; p is corrected for all lines
   */
  public record Line(int run, double first, double other, PairedDifference difference) {
    /** {@return {@code better}, {@code worse}, or nothing if the test finds no difference} */
    public String verdict() {
      if (difference.sign() == 0) {
        return "";
      }
      boolean larger = measure().better() == Measure.Better.LARGER;
      return larger == difference.sign() > 0 ? "better" : "worse";
    }

    private Measure measure() {
      return MeasureCatalog.of(difference.measure());
    }

    private String pair() {
      return difference.reference().equals(Reference.LABEL.id())
          ? difference.precision()
          : difference.precision() + " / " + difference.reference();
    }

    private String text(double value) {
      return Numbers.measure(value, measure().isShare(), 4);
    }

    private String interval() {
      return Numbers.interval(
          difference.mean(), difference.low(), difference.high(), measure().isShare(), 4);
    }
  }

  /**
   * Compares runs.
   *
   * @param runs two or more, open
   * @throws IllegalArgumentException if a run has nothing in common with the first
   */
  public static RunComparison of(List<Run> runs) throws IOException {
    List<Line> lines = new ArrayList<>();
    Run first = runs.get(0);
    for (int i = 1; i < runs.size(); i++) {
      List<Line> own = lines(first, runs.get(i), i + 1);
      if (own.isEmpty()) {
        throw new IllegalArgumentException(
            String.format(
                "%s and %s have no image, model, precision and measure in common",
                first.folder(), runs.get(i).folder()));
      }
      lines.addAll(own);
    }
    Holm.correct(lines, Line::difference, (l, d) -> new Line(l.run(), l.first(), l.other(), d));
    return new RunComparison(runs, lines);
  }

  private static List<Line> lines(Run first, Run other, int number) throws IOException {
    List<Line> lines = new ArrayList<>();
    Set<List<String>> vanished = new HashSet<>();
    for (SummaryLine line : first.summary().lines()) {
      boolean ofPresence = line.measure().equals(StandardMeasure.VANISHED.id());
      // Whether a map vanished does not depend on the reference.
      if (ofPresence && vanished.contains(List.of(line.model(), line.precision()))) {
        continue;
      }
      Optional<String> model = first.counterpart(line.model(), other);
      boolean both =
          model
              .flatMap(
                  m -> other.summary().line(m, line.precision(), line.reference(), line.measure()))
              .isPresent();
      if (both) {
        Pairs.Place place = new Pairs.Place(line.model(), line.precision(), line.reference());
        Pairs pairs =
            Pairs.of(
                other.rows(),
                line.measure(),
                new Pairs.Place(model.get(), line.precision(), line.reference()),
                first.rows(),
                place);
        if (!pairs.isEmpty()) {
          if (ofPresence) {
            vanished.add(List.of(line.model(), line.precision()));
          }
          lines.add(
              new Line(
                  number,
                  StatUtils.mean(pairs.others()),
                  StatUtils.mean(pairs.values()),
                  PairedDifference.of(place, "first", line.measure(), pairs)));
        }
      }
    }
    return lines;
  }

  /** {@return lines for a terminal: the runs, and their drift and answers; files have all lines} */
  public List<String> text() {
    List<String> text = new ArrayList<>(heading());
    text.add("");
    text.addAll(
        SHOWN
            .of(
                lines.stream()
                    .filter(
                        l ->
                            l.measure() == StandardMeasure.VANISHED
                                || !isOutside(Reference.of(l.difference().reference())))
                    .toList())
            .text());
    return text;
  }

  private static boolean isOutside(Reference reference) {
    return reference.isSaliency() || reference.equals(Reference.MASK);
  }

  private List<String> heading() {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      text.add(
          String.format(
              "%d: %s, %s, %d images",
              i + 1, run.folder(), run.info().started(), run.info().count("images_decoded")));
      if (i > 0) {
        runs.get(0)
            .differences(run)
            .forEach(
                (what, values) ->
                    text.add("   " + what + ": " + values.get(1) + ", not " + values.get(0)));
      }
    }
    return text;
  }

  /** {@return Markdown: a list of the runs, and a table of all lines} */
  public String markdown() {
    StringBuilder s = new StringBuilder("### Runs compared\n\n");
    for (String line : heading()) {
      s.append(line.startsWith(" ") ? "  - " : "- ").append(line.strip()).append('\n');
    }
    s.append(
        """

        Differences are per image, over the images that both runs have, with the 95 % confidence \
        interval of their mean (Student's t). p is Wilcoxon's signed-rank test with Holm's \
        correction for all lines.

        """);
    return s.append(SHOWN.of(lines).markdown()).toString();
  }

  /** {@return CSV: a header and all lines, numbers at full precision} */
  public String csv() {
    return new Layout<Line>()
        .left("run", l -> runs.get(l.run() - 1).folder())
        .left("model", l -> l.difference().model())
        .left("precision", l -> l.difference().precision())
        .left("reference", l -> l.difference().reference())
        .left("measure", l -> l.difference().measure())
        .right("images", l -> l.difference().pairs())
        .right("first_mean", Line::first)
        .right("this_mean", Line::other)
        .right("difference", l -> l.difference().mean())
        .right("ci95_low", l -> Numbers.orNothing(l.difference().low()))
        .right("ci95_high", l -> Numbers.orNothing(l.difference().high()))
        .right("effect", l -> Numbers.orNothing(l.difference().effect()))
        .right("p", l -> Numbers.orNothing(l.difference().p()))
        .right("p_holm", l -> Numbers.orNothing(l.difference().corrected()))
        .left("verdict", Line::verdict)
        .of(lines)
        .csv();
  }
}
