package org.bitgaze.transforms.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.transforms.Convert;
import org.apache.beam.sdk.schemas.transforms.Select;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Reject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {
  @TempDir Path folder;

  private static Comparison row(String key, Integer label, Map<String, Double> measures) {
    return Comparison.builder()
        .setKey(key)
        .setModel("resnet50")
        .setPrecision("int8")
        .setReference("f32")
        .setPredictedClass(3)
        .setProbability(1 / 3.0)
        .setExplainedClass(4)
        .setLabel(label)
        .setMeasures(measures)
        .setMapStatus(MapStatus.OK)
        .setReferenceStatus(MapStatus.VANISHED)
        .build();
  }

  @Test
  void duckDbReadsTheFilesAsOneTable() throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline
        .apply(
            Create.of(
                    row("a \"quoted\", key.jpg", 7, Map.of("CC", 0.1 + 0.2, "FLIP", 1.0)),
                    row("ü.png", null, Map.of("CC", Double.POSITIVE_INFINITY)))
                .withCoder(BitgazeCoders.schema(Comparison.class)))
        .apply(Rows.toParquet(folder.resolve("rows").toString()));
    pipeline.run().waitUntilFinish();
    List<String> found = new ArrayList<>();
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                SELECT key, label, probability, CC, FLIP, SIM, map_status, reference_status
                FROM read_parquet('%s/rows/*.parquet') ORDER BY key
                """
                    .formatted(folder))) {
      while (rows.next()) {
        List<String> fields = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
          fields.add(String.valueOf(rows.getObject(i)));
        }
        found.add(String.join(" | ", fields));
      }
    }
    assertEquals(
        List.of(
            "a \"quoted\", key.jpg | 7 | 0.3333333333333333 | 0.30000000000000004 | 1.0 | null | OK | VANISHED",
            "ü.png | null | 0.3333333333333333 | Infinity | null | null | OK | VANISHED"),
        found);
  }

  /** The writer of Parquet is used without Hadoop: its classes are not there at run time. */
  @Test
  void hadoopIsNotOnTheClassPath() {
    assertThrows(
        ClassNotFoundException.class, () -> Class.forName("org.apache.hadoop.conf.Configuration"));
  }

  @Test
  void rowsAndRejectsHaveSchemas() {
    TestPipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<Row> selected =
        pipeline
            .apply(
                Create.of(row("a.jpg", 7, Map.of("CC", 0.5)))
                    .withCoder(BitgazeCoders.schema(Comparison.class)))
            .apply(Select.fieldNames("key", "precision", "label", "measures", "mapStatus"));
    PAssert.that(selected)
        .satisfies(
            rows -> {
              Row row = rows.iterator().next();
              assertEquals("a.jpg", row.getString("key"));
              assertEquals(7, row.getInt32("label"));
              assertEquals(Map.of("CC", 0.5), row.getMap("measures"));
              return null;
            });
    PCollection<Row> rejects =
        pipeline
            .apply(
                "Rejects",
                Create.of(Reject.of("b.jpg", "decode", "", "not an image"))
                    .withCoder(BitgazeCoders.schema(Reject.class)))
            .apply(Convert.toRows());
    PAssert.that(rejects)
        .satisfies(
            rows -> {
              assertEquals("not an image", rows.iterator().next().getString("reason"));
              return null;
            });
    assertTrue(pipeline.run().waitUntilFinish().isTerminal());
  }
}
