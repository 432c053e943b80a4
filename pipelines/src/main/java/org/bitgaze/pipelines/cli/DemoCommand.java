package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitgaze.zoo.SceneWeights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bitgaze demo}: the main job on images and networks that come along. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs the whole job with nothing to download: synthetic scenes, whose objects' exact masks are"
            + " known, and networks that were trained on such scenes, at f32, int16, int8 and int4.",
    footer = {
      "",
      "Examples:",
      "  bitgaze demo",
      "  bitgaze demo --scenes 1000 --seed 8 --output big-demo"
    })
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--scenes",
      defaultValue = "200",
      paramLabel = "N",
      description = "how many scenes (default: ${DEFAULT-VALUE})")
  private long scenes;

  @Option(
      names = "--seed",
      defaultValue = "7",
      description =
          "which scenes; the networks were trained with seed 1 (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--output",
      defaultValue = "bitgaze-demo",
      paramLabel = "DIR",
      description = "where the results go, replacing older ones (default: ${DEFAULT-VALUE})")
  private String output;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description = "what must hold, else the exit code is 3, see 'bitgaze audit --help'")
  private String gate;

  @Override
  public Integer call() {
    List<String> audit = new ArrayList<>();
    audit.addAll(List.of("audit", "--input", "scenes:" + scenes + ":" + seed));
    audit.addAll(List.of("--weights", "scenes"));
    audit.addAll(List.of("--networks", String.join(",", SceneWeights.networks())));
    audit.addAll(List.of("--precisions", "f32,int16,int8,int4"));
    audit.addAll(List.of("--saliency", "spectral-residual,centre"));
    if (gate != null) {
      audit.addAll(List.of("--gate", gate));
    }
    audit.addAll(List.of("--output", output, "--overwrite"));
    System.out.println("bitgaze " + String.join(" ", audit));
    return Bitgaze.run(audit.toArray(String[]::new));
  }
}
