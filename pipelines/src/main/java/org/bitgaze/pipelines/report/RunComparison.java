package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.SummaryLine;

/**
 * Runs side by side: the first, and how each other differs from it on the images that both have.
 *
 * @param runs what was compared
 * @param lines by the other run, model, precision, reference and measure
 */
public record RunComparison(List<Run> runs, List<Line> lines) {
  private static final List<String> HEADER =
      List.of(
          "run",
          "model",
          "maps",
          "measure",
          "images",
          "first",
          "this",
          "difference",
          "p, Holm",
          "");

  /**
   * One measure in two runs.
   *
   * @param run the other run's number, from 2
   * @param first mean in the first run, over the images that both have
   * @param other mean in the other run, over the same
   * @param difference the other's less the first's, per image; p is corrected for all lines
   */
  public record Line(int run, double first, double other, PairedDifference difference) {
    /**
     * Says which is better.
     *
     * @return {@code better}, {@code worse}, or nothing where the test tells no difference
     */
    public String verdict() {
      if (difference.sign() == 0) {
        return "";
      }
      boolean larger = MeasureCatalog.of(difference.measure()).better() == Measure.Better.LARGER;
      return larger == difference.sign() > 0 ? "better" : "worse";
    }

    private List<String> cells() {
      boolean share = MeasureCatalog.of(difference.measure()).isShare();
      String interval =
          Double.isNaN(difference.low())
              ? ""
              : " [" + text(difference.low(), share) + ", " + text(difference.high(), share) + "]";
      return List.of(
          "" + run,
          difference.model(),
          difference.precision()
              + (difference.reference().equals(Reference.LABEL.id())
                  ? ""
                  : " / " + difference.reference()),
          difference.measure(),
          "" + difference.pairs(),
          text(first, share),
          text(other, share),
          text(difference.mean(), share) + interval,
          String.format(
              Locale.ROOT, difference.corrected() < 1e-4 ? "%.1e" : "%.4f", difference.corrected()),
          verdict());
    }

    private static String text(double value, boolean share) {
      String text =
          String.format(Locale.ROOT, share ? "%.1f" : "%.4f", share ? 100 * value : value);
      return text.replaceAll("^-(0[.]0+)$", "$1") + (share ? " %" : "");
    }
  }

  /**
   * Compares runs.
   *
   * @param runs two or more, open
   * @return the comparison
   * @throws IOException if rows cannot be read
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
      // Whatever it is compared with, a map has vanished or not: that is one question.
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
        Rows.Pairs pairs =
            other
                .rows()
                .common(
                    first.rows(),
                    new Rows.Column(
                        model.get(), line.precision(), line.reference(), line.measure()),
                    line.model());
        if (!pairs.isEmpty()) {
          if (ofPresence) {
            vanished.add(List.of(line.model(), line.precision()));
          }
          lines.add(
              new Line(
                  number,
                  StatUtils.mean(pairs.others()),
                  StatUtils.mean(pairs.values()),
                  PairedDifference.of(
                      line.model(),
                      line.precision(),
                      "first",
                      line.reference(),
                      line.measure(),
                      pairs.differences())));
        }
      }
    }
    return lines;
  }

  /**
   * Returns the comparison for a terminal: what the runs are, in what they differ, and their drift
   * and answers; saliency and masks are in the files.
   *
   * @return lines
   */
  public List<String> text() {
    List<String> text = new ArrayList<>(heading());
    text.add("");
    List<List<String>> cells = new ArrayList<>(List.of(HEADER));
    lines.stream()
        .filter(
            l ->
                l.difference().measure().equals(StandardMeasure.VANISHED.id())
                    || !isOutside(Reference.of(l.difference().reference())))
        .forEach(l -> cells.add(l.cells()));
    text.addAll(Columns.text(cells));
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

  /**
   * Returns all lines as Markdown.
   *
   * @return a list of the runs, and a table
   */
  public String markdown() {
    StringBuilder s = new StringBuilder("### The same networks, run twice\n\n");
    heading()
        .forEach(
            line ->
                s.append(line.startsWith(" ") ? "  - " : "- ").append(line.strip()).append('\n'));
    s.append(
        "\nDifferences are per image, of the images that both runs have, with the 95 % confidence interval of their mean (Student's t); p is Wilcoxon's signed-rank test with Holm's correction for all lines.\n\n");
    s.append("| ").append(String.join(" | ", HEADER)).append(" |\n");
    s.append("|---".repeat(HEADER.size())).append("|\n");
    lines.forEach(l -> s.append("| ").append(String.join(" | ", l.cells())).append(" |\n"));
    return s.toString();
  }

  /**
   * Returns all lines as CSV, numbers at full precision.
   *
   * @return a header and one record a line
   */
  public String csv() {
    List<String> records = new ArrayList<>();
    records.add(
        "run,model,precision,reference,measure,images,first_mean,this_mean,difference,ci95_low,"
            + "ci95_high,effect,p,p_holm,verdict");
    for (Line l : lines) {
      PairedDifference d = l.difference();
      records.add(
          CSVFormat.DEFAULT.format(
              runs.get(l.run() - 1).folder(),
              d.model(),
              d.precision(),
              d.reference(),
              d.measure(),
              d.pairs(),
              l.first(),
              l.other(),
              d.mean(),
              number(d.low()),
              number(d.high()),
              number(d.effect()),
              number(d.p()),
              number(d.corrected()),
              l.verdict()));
    }
    return String.join("\n", records) + "\n";
  }

  private static Object number(double value) {
    return Double.isNaN(value) ? null : (Object) value;
  }
}
