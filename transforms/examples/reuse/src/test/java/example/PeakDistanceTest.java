package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.Scenes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A measure of our own is treated as the built-in ones. */
class PeakDistanceTest {
  @TempDir private Path folder;

  @Test
  void rowsAndSummaryHaveIt() {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    Pipeline pipeline = Pipeline.create();
    Audit.Result result =
        pipeline
            .apply(Scenes.read(4, 1))
            .apply(
                Audit.scenes()
                    .withModels(model)
                    .withPrecisions("int4")
                    .withSaliency("centre")
                    .withMeasures(Set.of(StandardMeasure.CC, new PeakDistance())));
    PAssert.that(result.rows())
        .satisfies(
            rows -> {
              rows.forEach(
                  row -> {
                    boolean maps = !row.getReference().equals("label");
                    assertEquals(maps, row.getMeasures().containsKey("peak_distance"), "" + row);
                    assertTrue(row.getMeasures().getOrDefault("peak_distance", 0.0) < 1.5);
                  });
              return null;
            });
    PAssert.that(result.summary())
        .satisfies(
            lines -> {
              long own =
                  StreamSupport.stream(lines.spliterator(), false)
                      .filter(line -> line.getKey().getMeasure().equals("peak_distance"))
                      .filter(line -> line.getValue().getCount() == 4)
                      .count();
              // f32 against centre and mask, int4 against these and f32.
              assertEquals(5, own);
              return null;
            });
    pipeline.run().waitUntilFinish();
  }

  @Test
  void commandLineGateAndReportKnowIt() throws IOException {
    Path out = folder.resolve("out");
    int code =
        Bitgaze.run(
            "audit",
            "--input=scenes:6",
            "--weights=scenes",
            "--networks=squeezenet1_0",
            "--precisions=int8",
            "--saliency=centre",
            "--measures=CC,peak_distance",
            "--gate=int8: peak_distance<=0.9",
            "--output=" + out);
    assertEquals(0, code);
    List<String> rows = Files.readAllLines(out.resolve("rows.csv"));
    assertTrue(rows.get(0).contains(",peak_distance,"), rows.get(0));
    assertTrue(Files.readString(out.resolve("summary.csv")).contains("peak_distance"));
    assertTrue(Files.readString(out.resolve("gate.xml")).contains("peak_distance"));
    assertTrue(Files.readString(out.resolve("report.html")).contains("peak_distance"));
  }
}
