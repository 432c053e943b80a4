package org.bitgaze.pipelines.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.transforms.CalibrateRanges;
import org.bitgaze.transforms.Scenes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's transform as a part of a user's pipeline, on both runners. */
class CalibrationOnRunnersTest {
  @TempDir private Path folder;

  @Test
  void sameBytesOnBothRunners() throws IOException {
    Path direct = calibration("direct", 1);
    assertArrayEquals(
        Files.readAllBytes(direct), Files.readAllBytes(calibration("flink", 2)), "entropy ranges");
    Calibration found = CalibrationFile.parse(Files.readAllLines(direct).get(0));
    assertEquals(5, found.images().size());
    assertEquals(RangeRule.parse("entropy"), found.rule());
  }

  private Path calibration(String runner, int workers) {
    RunnerSetup setup = RunnerSetup.of(runner, OptionalInt.of(workers), List.of());
    List<Model> models = List.of(Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes()));
    Pipeline pipeline = Pipeline.create(setup.options());
    Path file = folder.resolve(runner);
    new AuditInput.Synthetic(Scenes.read(5, 2), 5)
        .sample(pipeline, 5, 5, models)
        .apply("Calibrate", CalibrateRanges.of(models).by(RangeRule.parse("entropy")))
        .apply("Format", ParDo.of(new FormatFn()))
        .apply("Write", TextIO.write().to(file.toString()).withoutSharding());
    pipeline.run().waitUntilFinish();
    return file;
  }

  private static final class FormatFn extends DoFn<Calibration, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Calibration calibration, OutputReceiver<String> out)
        throws IOException {
      out.output(CalibrationFile.format(calibration));
    }
  }
}
