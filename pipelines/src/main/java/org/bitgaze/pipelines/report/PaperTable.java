package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.quant.Precision;

/**
 * Compares the published Table 1 with the results of its protocol here, the noise of that protocol,
 * and the results of deployed networks.
 *
 * @param lines by network, pair of maps and measure
 */
public record PaperTable(List<Line> lines) {
  /** The number of images behind the published numbers. */
  private static final int PUBLISHED_IMAGES = 10_000;

  private static final Layout<Line> SHOWN =
      new Layout<Line>()
          .left("network", Line::network)
          .left("maps", Line::pair)
          .left("measure", Line::measure)
          .left("published", l -> l.published().text())
          .left("paper's protocol", l -> MeanStd.of(l.paper()).text())
          .left("agrees", l -> l.agrees().map(yes -> yes ? "yes" : "no").orElse("-"))
          .left("vanished", l -> Numbers.fixed(100 * l.vanished(), 0) + " %")
          .left("left out", l -> l.existing().text())
          .left("noise floor", l -> l.noise().text())
          .left("deployment", l -> MeanStd.of(l.deployment()).text());

  private static final Layout<Line> NUMBERS =
      new Layout<Line>()
          .left("network", Line::network)
          .left("maps", Line::pair)
          .left("measure", Line::measure)
          .right("published_mean", l -> l.published().mean())
          .right("published_std", l -> l.published().std())
          .right("paper_mean", l -> MeanStd.of(l.paper()).mean())
          .right("paper_std", l -> MeanStd.of(l.paper()).std())
          .right("paper_images", l -> l.paper().map(SummaryLine::count).orElse(null))
          .left("agrees", l -> l.agrees().orElse(null))
          .right("vanished", Line::vanished)
          .right("left_out_mean", l -> l.existing().mean())
          .right("left_out_std", l -> l.existing().std())
          .right("noise_mean", l -> l.noise().mean())
          .right("noise_std", l -> l.noise().std())
          .right("deployment_mean", l -> MeanStd.of(l.deployment()).mean())
          .right("deployment_std", l -> MeanStd.of(l.deployment()).std())
          .right("deployment_images", l -> l.deployment().map(SummaryLine::count).orElse(null));

  /**
   * One number in its four forms.
   *
   * @param network the network's title
   * @param pair such as {@code int8 / f32}
   * @param measure the measure
   * @param published the paper's
   * @param paper by the paper's protocol
   * @param vanished share of the precision's maps that vanished, by the paper's protocol
   * @param existing by the paper's protocol, over the maps that did not vanish
   * @param noise the same for a second f32 run instead of the precision
   * @param deployment by the deployment protocol
   * @param comparable whether the published number is for the same network and the same two maps;
   *     the paper's saliency is another model's
   */
  public record Line(
      String network,
      String pair,
      Measure measure,
      MeanStd published,
      Optional<SummaryLine> paper,
      double vanished,
      MeanStd existing,
      MeanStd noise,
      Optional<SummaryLine> deployment,
      boolean comparable) {

    /**
     * Tells whether the published mean and ours are within two standard errors of each other: 2
     * sqrt(s1^2 / n1 + s2^2 / n2).
     *
     * @return empty if they are not comparable, or there are fewer than two images
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
  }

  /**
   * Compares two runs with the published numbers.
   *
   * @param paper output of the run by the paper's protocol
   * @param deployment output of the run by the deployment protocol
   * @param published the paper's numbers
   * @throws IOException if a run's results cannot be read
   */
  public static PaperTable of(Path paper, Path deployment, Published published) throws IOException {
    Summary deployed = SummaryFiles.readJson(deployment.resolve("summary.json"));
    List<Line> lines = new ArrayList<>();
    try (Run run = Run.open(paper)) {
      for (RunInfo.ModelInfo model : run.info().models()) {
        for (String precision : run.summary().precisions()) {
          for (Reference reference : run.summary().references(PaperTable::isPublished)) {
            for (Measure measure : run.summary().measures(m -> true)) {
              Place place = new Place(model, precision, reference, measure);
              Optional<MeanStd> value = place.in(published);
              if (value.isPresent() && place.in(run.summary()).isPresent()) {
                lines.add(place.line(value.get(), run, deployed, published));
              }
            }
          }
        }
      }
    }
    return new PaperTable(lines);
  }

  private static boolean isPublished(Reference reference) {
    return reference.equals(Reference.F32) || reference.kind() == Reference.Kind.SALIENCY;
  }

  /** Where a number is found. */
  private record Place(
      RunInfo.ModelInfo model, String precision, Reference reference, Measure measure) {
    Optional<MeanStd> in(Published published) {
      String compared = reference.isSaliency() ? Published.SALIENCY : reference.id();
      return published.find(model.network(), precision, compared, measure.id());
    }

    Optional<SummaryLine> in(Summary summary) {
      return summary.line(model.id(), precision, reference.id(), measure.id());
    }

    Line line(MeanStd value, Run run, Summary deployed, Published published) throws IOException {
      return new Line(
          model.title(),
          precision + " / " + reference.id(),
          measure,
          value,
          in(run.summary()),
          new Place(model, precision, reference, StandardMeasure.VANISHED)
              .in(run.summary())
              .map(SummaryLine::mean)
              .orElse(0.0),
          existing(run.rows(), precision),
          existing(run.rows(), Precision.F32B.toString()),
          in(deployed),
          !reference.isSaliency() && !published.also().containsKey(model.network()));
    }

    /** Over the maps that have a value: vanished ones have none. */
    private MeanStd existing(RowQueries rows, String bits) throws IOException {
      String sql =
          """
          SELECT %1$s FROM rows
          WHERE model = ? AND precision = ? AND reference = ? AND %1$s IS NOT NULL
          ORDER BY key
          """
              .formatted(RowQueries.column(measure.id()));
      double[] values = rows.numbers(sql, model.id(), bits, reference.id());
      double std = values.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(values));
      return new MeanStd(Numbers.orNothing(StatUtils.mean(values)), Numbers.orNothing(std));
    }
  }

  /** {@return lines for a terminal} */
  public List<String> text() {
    return SHOWN.of(lines).text();
  }

  /** {@return Markdown} */
  public String markdown() {
    return SHOWN.of(lines).markdown();
  }

  /** {@return CSV: a header and all lines, numbers at full precision} */
  public String csv() {
    return NUMBERS.of(lines).csv();
  }

  /** {@return how many published numbers agree, by {@code true}, and disagree, by {@code false}} */
  public Map<Boolean, Long> agreement() {
    long yes = lines.stream().filter(l -> l.agrees().orElse(false)).count();
    long all = lines.stream().filter(l -> l.agrees().isPresent()).count();
    return Map.of(true, yes, false, all - yes);
  }
}
