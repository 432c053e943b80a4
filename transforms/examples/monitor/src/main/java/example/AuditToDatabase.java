package example;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.jdbc.JdbcIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.transforms.Select;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.values.SummaryRow;

/**
 * Writes an audit's answers and summary to a database by Beam's {@code JdbcIO}. Rows, rejects and
 * summary have Beam schemas: {@code JdbcIO} finds the columns by itself.
 *
 * <p>{@code java example.AuditToDatabase photos org.h2.Driver jdbc:h2:./audits}
 */
public final class AuditToDatabase {
  private AuditToDatabase() {}

  /** Runs the pipeline: folder of images, class name of the JDBC driver, URL of the database. */
  public static void main(String[] args) {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    JdbcIO.DataSourceConfiguration database =
        JdbcIO.DataSourceConfiguration.create(args[1], args[2]);
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    Audit.Result audit =
        pipeline
            .apply(MatchImages.in(args[0]))
            .apply(Audit.files().withModels(model).withPrecisions("int8").withSaliency("centre"));
    audit
        .rows()
        .apply(
            "Answers",
            Select.fieldNames(
                "key", "model", "precision", "reference", "predictedClass", "probability"))
        .apply(
            "WriteAnswers",
            JdbcIO.<Row>write().withDataSourceConfiguration(database).withTable("answers"));
    audit
        .summary()
        .apply(
            "Summary", MapElements.into(TypeDescriptor.of(SummaryRow.class)).via(SummaryRow::of))
        .apply(
            "Statistics",
            Select.fieldNames("model", "precision", "reference", "measure", "count", "mean"))
        .apply(
            "WriteSummary",
            JdbcIO.<Row>write().withDataSourceConfiguration(database).withTable("summary"));
    pipeline.run().waitUntilFinish();
  }
}
