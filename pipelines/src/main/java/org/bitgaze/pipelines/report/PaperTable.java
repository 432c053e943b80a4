package org.bitgaze.pipelines.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Precision;

/**
 * The published Table 1 beside what its protocol gives here, the noise in that, and what deployed
 * networks give.
 *
 * @param lines by network, pair of maps and measure
 */
public record PaperTable(List<Line> lines) {
  /** Images of the published numbers. */
  private static final int PUBLISHED_IMAGES = 10_000;

  private static final List<String> HEADER =
      List.of(
          "network",
          "maps",
          "measure",
          "published",
          "paper's protocol",
          "agrees",
          "noise floor",
          "vanished",
          "deployment");

  /**
   * One number in its four forms.
   *
   * @param network for people
   * @param pair such as {@code int8 / f32}
   * @param measure the measure
   * @param published the paper's
   * @param paper by the paper's protocol
   * @param noise f32's second draw in place of the precision, by the paper's protocol
   * @param deployment by deployment's protocol
   * @param vanished share of the precision's maps that vanished, by the paper's protocol
   * @param comparable whether the published number is of the same two maps: saliency is another
   *     model's
   */
  public record Line(
      String network,
      String pair,
      Measure measure,
      Published.Value published,
      Optional<SummaryLine> paper,
      Optional<SummaryLine> noise,
      Optional<SummaryLine> deployment,
      double vanished,
      boolean comparable) {

    /**
     * Tells whether the published mean and ours are within two standard errors of each other: 2
     * sqrt(s1^2 / n1 + s2^2 / n2).
     *
     * @return nothing if they are not comparable, or there are too few images to say
     */
    public Optional<Boolean> agrees() {
      return paper
          .filter(ours -> comparable && ours.std() != null)
          .map(
              ours -> {
                double error =
                    Math.sqrt(
                        published.std() * published.std() / PUBLISHED_IMAGES
                            + ours.std() * ours.std() / ours.count());
                return Math.abs(published.mean() - ours.mean()) <= 2 * error;
              });
    }

    private List<String> cells() {
      return List.of(
          network,
          pair,
          measure.id(),
          text(published.mean(), published.std()),
          text(paper),
          agrees().map(yes -> yes ? "yes" : "no").orElse("-"),
          text(noise),
          String.format(Locale.ROOT, "%.0f %%", 100 * vanished),
          text(deployment));
    }

    private static String text(Optional<SummaryLine> line) {
      return line.filter(l -> l.mean() != null).map(l -> text(l.mean(), l.std())).orElse("-");
    }

    private static String text(double mean, Double std) {
      return String.format(Locale.ROOT, "%.3f", mean)
          + (std == null ? "" : String.format(Locale.ROOT, " ± %.3f", std));
    }
  }

  /**
   * Lays two runs beside the published numbers.
   *
   * @param run what was run, by either protocol
   * @param paper summary of the run by the paper's protocol
   * @param deployment summary of the run by deployment's
   * @param published the paper's numbers
   * @return the table
   */
  public static PaperTable of(RunInfo run, Summary paper, Summary deployment, Published published) {
    List<Line> lines = new ArrayList<>();
    for (RunInfo.ModelInfo model : run.models()) {
      for (String precision : paper.precisions()) {
        for (Reference reference : Reference.values()) {
          for (Measure measure : Measure.values()) {
            boolean saliency = reference.isSaliency() && !reference.isControl();
            published
                .find(
                    model.network(),
                    precision,
                    saliency ? Published.SALIENCY : reference.id(),
                    measure.id())
                .filter(v -> saliency || reference == Reference.F32)
                .ifPresent(
                    value -> {
                      Lookup ours = new Lookup(model.id(), reference.id(), measure.id());
                      lines.add(
                          new Line(
                              model.title(),
                              precision + " / " + reference.id(),
                              measure,
                              value,
                              ours.in(paper, precision),
                              ours.in(paper, Precision.F32B.toString()),
                              ours.in(deployment, precision),
                              new Lookup(model.id(), reference.id(), Measure.VANISHED.id())
                                  .in(paper, precision)
                                  .map(SummaryLine::mean)
                                  .orElse(0.0),
                              !saliency));
                    });
          }
        }
      }
    }
    return new PaperTable(lines.stream().filter(l -> l.paper().isPresent()).toList());
  }

  private record Lookup(String model, String reference, String measure) {
    Optional<SummaryLine> in(Summary summary, String precision) {
      return summary.line(model, precision, reference, measure);
    }
  }

  /**
   * Returns the table for a terminal.
   *
   * @return lines of equal columns
   */
  public List<String> text() {
    List<List<String>> cells = new ArrayList<>(List.of(HEADER));
    lines.forEach(line -> cells.add(line.cells()));
    return Columns.text(cells);
  }

  /**
   * Returns the table as Markdown.
   *
   * @return one row a line
   */
  public String markdown() {
    StringBuilder s = new StringBuilder("| " + String.join(" | ", HEADER) + " |\n");
    s.append("|---".repeat(HEADER.size())).append("|\n");
    lines.forEach(l -> s.append("| ").append(String.join(" | ", l.cells())).append(" |\n"));
    return s.toString();
  }

  /**
   * Returns the table as CSV, numbers at full precision, nothing where there is none.
   *
   * @return a header and one record a line
   */
  public String csv() {
    List<String> records = new ArrayList<>();
    records.add(
        "network,maps,measure,published_mean,published_std,paper_mean,paper_std,paper_images,agrees,"
            + "noise_mean,noise_std,vanished,deployment_mean,deployment_std,deployment_images");
    for (Line l : lines) {
      List<Object> values = new ArrayList<>(List.of(l.network(), l.pair(), l.measure().id()));
      values.addAll(List.of(l.published().mean(), l.published().std()));
      values.addAll(numbers(l.paper(), true));
      values.add(l.agrees().map(String::valueOf).orElse(null));
      values.addAll(numbers(l.noise(), false));
      values.add(l.vanished());
      values.addAll(numbers(l.deployment(), true));
      records.add(CSVFormat.DEFAULT.format(values.toArray()));
    }
    return String.join("\n", records) + "\n";
  }

  private static List<Object> numbers(Optional<SummaryLine> line, boolean count) {
    List<Object> values = new ArrayList<>();
    values.add(line.map(SummaryLine::mean).orElse(null));
    values.add(line.map(SummaryLine::std).orElse(null));
    if (count) {
      values.add(line.map(SummaryLine::count).orElse(null));
    }
    return values;
  }

  /**
   * Counts what can be compared.
   *
   * @return published numbers that agree, by {@code true}, and that do not, by {@code false}
   */
  public Map<Boolean, Long> agreement() {
    long yes = lines.stream().filter(l -> l.agrees().orElse(false)).count();
    long all = lines.stream().filter(l -> l.agrees().isPresent()).count();
    return Map.of(true, yes, false, all - yes);
  }
}
