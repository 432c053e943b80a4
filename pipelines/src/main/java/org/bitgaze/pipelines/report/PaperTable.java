package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
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
          "vanished",
          "left out",
          "noise floor",
          "deployment");

  /**
   * One number in its four forms.
   *
   * @param network for people
   * @param pair such as {@code int8 / f32}
   * @param measure the measure
   * @param published the paper's
   * @param paper by the paper's protocol
   * @param vanished share of the precision's maps that vanished, by the paper's protocol
   * @param existing by the paper's protocol, over the maps that did not vanish
   * @param noise likewise, of f32's second draw in place of the precision
   * @param deployment by deployment's protocol
   * @param comparable whether the published number is of the same network and the same two maps:
   *     saliency is another model's
   */
  public record Line(
      String network,
      String pair,
      Measure measure,
      Published.Value published,
      Optional<SummaryLine> paper,
      double vanished,
      Rows.Spread existing,
      Rows.Spread noise,
      Optional<SummaryLine> deployment,
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
          String.format(Locale.ROOT, "%.0f %%", 100 * vanished),
          text(existing),
          text(noise),
          text(deployment));
    }

    private static String text(Optional<SummaryLine> line) {
      return line.filter(l -> l.mean() != null).map(l -> text(l.mean(), l.std())).orElse("-");
    }

    private static String text(Rows.Spread spread) {
      return Double.isNaN(spread.mean())
          ? "-"
          : text(spread.mean(), Double.isNaN(spread.std()) ? null : spread.std());
    }

    private static String text(double mean, Double std) {
      return String.format(Locale.ROOT, "%.3f", mean)
          + (std == null ? "" : String.format(Locale.ROOT, " ± %.3f", std));
    }
  }

  /**
   * Lays two runs beside the published numbers.
   *
   * @param paper output of the run by the paper's protocol
   * @param deployment output of the run by deployment's
   * @param published the paper's numbers
   * @return the table
   * @throws IOException if a run's results cannot be read
   */
  public static PaperTable of(Path paper, Path deployment, Published published) throws IOException {
    RunInfo run = RunInfo.read(paper.resolve("run.json"));
    Summary ours = SummaryFiles.readJson(paper.resolve("summary.json"));
    Summary deployed = SummaryFiles.readJson(deployment.resolve("summary.json"));
    List<Line> lines = new ArrayList<>();
    try (Rows rows = new Rows(paper.resolve("rows.parquet"))) {
      for (RunInfo.ModelInfo model : run.models()) {
        for (String precision : ours.precisions()) {
          for (Reference reference : Reference.all(PaperTable::isPublished)) {
            for (Measure measure : MeasureCatalog.all()) {
              Cell cell = new Cell(model, precision, reference, measure);
              Optional<Published.Value> value = cell.in(published);
              if (value.isPresent() && cell.in(ours).isPresent()) {
                lines.add(cell.line(value.get(), ours, deployed, rows, published));
              }
            }
          }
        }
      }
    }
    return new PaperTable(lines);
  }

  private static boolean isPublished(Reference reference) {
    return reference.equals(Reference.F32) || (reference.isSaliency() && !reference.isControl());
  }

  /** Where a number stands in a table. */
  private record Cell(
      RunInfo.ModelInfo model, String precision, Reference reference, Measure measure) {
    Optional<Published.Value> in(Published published) {
      String compared = reference.isSaliency() ? Published.SALIENCY : reference.id();
      return published.find(model.network(), precision, compared, measure.id());
    }

    Optional<SummaryLine> in(Summary summary) {
      return summary.line(model.id(), precision, reference.id(), measure.id());
    }

    Line line(Published.Value value, Summary ours, Summary deployed, Rows rows, Published published)
        throws IOException {
      String floor = Precision.F32B.toString();
      return new Line(
          model.title(),
          precision + " / " + reference.id(),
          measure,
          value,
          in(ours),
          new Cell(model, precision, reference, StandardMeasure.VANISHED)
              .in(ours)
              .map(SummaryLine::mean)
              .orElse(0.0),
          rows.spread(model.id(), precision, reference.id(), measure.id()),
          rows.spread(model.id(), floor, reference.id(), measure.id()),
          in(deployed),
          !reference.isSaliency() && !published.also().containsKey(model.network()));
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
            + "vanished,left_out_mean,left_out_std,noise_mean,noise_std,"
            + "deployment_mean,deployment_std,deployment_images");
    for (Line l : lines) {
      List<Object> values = new ArrayList<>(List.of(l.network(), l.pair(), l.measure().id()));
      values.addAll(List.of(l.published().mean(), l.published().std()));
      values.addAll(numbers(l.paper()));
      values.add(l.agrees().map(String::valueOf).orElse(null));
      values.add(l.vanished());
      values.addAll(numbers(l.existing()));
      values.addAll(numbers(l.noise()));
      values.addAll(numbers(l.deployment()));
      records.add(CSVFormat.DEFAULT.format(values.toArray()));
    }
    return String.join("\n", records) + "\n";
  }

  private static List<Object> numbers(Rows.Spread spread) {
    List<Object> values = new ArrayList<>();
    values.add(Double.isNaN(spread.mean()) ? null : spread.mean());
    values.add(Double.isNaN(spread.std()) ? null : spread.std());
    return values;
  }

  private static List<Object> numbers(Optional<SummaryLine> line) {
    List<Object> values = new ArrayList<>();
    values.add(line.map(SummaryLine::mean).orElse(null));
    values.add(line.map(SummaryLine::std).orElse(null));
    values.add(line.map(SummaryLine::count).orElse(null));
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
