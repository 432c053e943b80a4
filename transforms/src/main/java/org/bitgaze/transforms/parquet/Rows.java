package org.bitgaze.transforms.parquet;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.WriteFilesResult;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.transforms.values.Comparison;

/**
 * Writes comparisons as a Parquet dataset: a folder of files that DuckDB, pandas, Spark and Polars
 * read as one table. A measure without a value is null. What a column means, with its range, is in
 * the files' metadata, by the column's name.
 *
 * <pre>{@code
 * audit.rows().apply(Rows.toParquet("gs://bucket/rows"));
 * }</pre>
 */
public final class Rows extends PTransform<PCollection<Comparison>, WriteFilesResult<Void>> {
  private static final long serialVersionUID = 1L;
  private final String folder;
  private final Set<Measure> measures;

  private Rows(String folder, Set<Measure> measures) {
    this.folder = folder;
    this.measures = measures;
  }

  /**
   * Writes to a folder on any Beam file system, with the default measures.
   *
   * @param folder its path
   * @return the transform
   */
  public static Rows toParquet(String folder) {
    return new Rows(folder, MeasureCatalog.withAnswers(MeasureCatalog.defaults()));
  }

  /**
   * Chooses the columns of measures; measures of answers always have one.
   *
   * @param chosen what the comparisons' maps were measured by
   * @return a new transform
   */
  public Rows withMeasures(Set<? extends Measure> chosen) {
    return new Rows(folder, MeasureCatalog.withAnswers(chosen));
  }

  @Override
  public WriteFilesResult<Void> expand(PCollection<Comparison> rows) {
    return DatasetFiles.write(rows, folder, "rows", new RowFormat(measures));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("folder", folder))
        .add(
            DisplayData.item(
                "measures", measures.stream().map(Measure::id).collect(Collectors.joining(", "))));
  }
}
