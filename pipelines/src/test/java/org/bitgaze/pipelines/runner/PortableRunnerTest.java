package org.bitgaze.pipelines.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.runners.flink.FlinkJobServerDriver;
import org.apache.beam.runners.portability.PortableRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PortablePipelineOptions;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.MatchImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The graph needs neither the direct nor the Flink runner: here it is sent as a portable pipeline
 * to a job server, which knows transforms by their URNs only, and runs its functions in an SDK
 * harness.
 */
class PortableRunnerTest {
  private static final int IMAGES = 3;

  @TempDir private Path folder;

  @Test
  void sameSummaryAsOnTheDirectRunner() throws Exception {
    TestImages.write(Files.createDirectory(folder.resolve("images")), IMAGES);
    PipelineOptions direct = PipelineOptionsFactory.create();
    direct.setRunner(DirectRunner.class);
    FlinkJobServerDriver server =
        FlinkJobServerDriver.fromParams(
            new String[] {
              "--job-host=localhost",
              "--job-port=0",
              "--artifact-port=0",
              "--expansion-port=0",
              "--flink-master=[local]",
              "--artifacts-dir=" + folder.resolve("artifacts")
            });
    String endpoint = server.start();
    try {
      PortablePipelineOptions portable =
          PipelineOptionsFactory.create().as(PortablePipelineOptions.class);
      portable.setRunner(PortableRunner.class);
      portable.setJobEndpoint(endpoint);
      // The harness is a part of this process, and has its classes.
      portable.setFilesToStage(List.of());
      portable.setDefaultEnvironmentType("LOOPBACK");
      List<String> expected = summary("direct", direct);
      assertEquals(
          1, expected.stream().filter(l -> l.contains(" int8 f32 CC " + IMAGES + " ")).count());
      assertEquals(expected, summary("portable", portable));
    } finally {
      server.stop();
    }
  }

  private List<String> summary(String name, PipelineOptions options) throws IOException {
    Pipeline pipeline = Pipeline.create(options);
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    Path file = folder.resolve(name);
    pipeline
        .apply(MatchImages.in(folder.resolve("images").toString()))
        .apply(Audit.files().withModels(model).withPrecisions("int8").withSaliency("centre"))
        .summary()
        .apply(
            "Format",
            MapElements.into(TypeDescriptors.strings())
                .via(
                    line ->
                        String.join(
                            " ",
                            line.getKey().getModel(),
                            line.getKey().getPrecision(),
                            line.getKey().getReference().toString(),
                            line.getKey().getMeasure().toString(),
                            "" + line.getValue().getCount(),
                            "" + line.getValue().getMean())))
        .apply("Write", TextIO.write().to(file.toString()).withoutSharding());
    pipeline.run().waitUntilFinish();
    return Files.readAllLines(file).stream().sorted().toList();
  }
}
