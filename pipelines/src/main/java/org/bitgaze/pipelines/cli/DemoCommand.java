package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditJob;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.scene.SceneCategory;
import org.bitgaze.zoo.SceneTaskNetwork;
import org.bitgaze.zoo.WeightsFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bitgaze demo}: the main job on bundled networks and synthetic images. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Runs the whole job without any download: on synthetic scenes, whose objects have exact"
            + " masks, with bundled networks trained on such scenes, at f32, int16, int8 and int4. With"
            + " --task, by a network that segments or detects their objects.",
    footer = {
      "",
      "Examples:",
      "  bitgaze demo",
      "  bitgaze demo --scenes 1000 --seed 8 --output big-demo",
      "  bitgaze demo --task detection",
      "",
      "The same with 'bitgaze audit', for more options:",
      "  bitgaze audit --input scenes:200:7 --weights scenes \\",
      "      --networks mobilenet_v2,squeezenet1_0,vit_scenes \\",
      "      --precisions int16,int8,int4 --saliency spectral-residual,centre --output out"
    })
final class DemoCommand implements Callable<Integer> {
  @Nullable
  @Option(
      names = "--task",
      paramLabel = "segmentation|detection",
      description = "another task than classification, by a bundled network of its own")
  private SceneTaskNetwork task;

  @Option(
      names = "--scenes",
      paramLabel = "N",
      description = "number of scenes (default: ${DEFAULT-VALUE})")
  private long scenes = 200;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "seed of the scenes; the networks were trained with seed 1 (default: ${DEFAULT-VALUE})")
  private long seed = 7;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "folder of the results; earlier ones are replaced (default: ${DEFAULT-VALUE})")
  private String output = "bitgaze-demo";

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description = "conditions on the results, see 'bitgaze audit --help'")
  private Gate gate = Gate.NONE;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(1, "--scenes", scenes);
    AuditOptions audit =
        AuditOptions.scenes(scenes, seed, SaliencyMethod.SPECTRAL_RESIDUAL, SaliencyMethod.CENTRE);
    if (task != null) {
      Path file = task.copyTo(WeightsFolder.cache().path());
      audit.setNetworks(List.of(NetworkText.parse(task.id() + "=" + file)));
    }
    AuditPlan plan =
        audit.plan(
            AuditOptions.Request.of(KnownProtocol.DEPLOYMENT.protocol(), "int16", "int8", "int4")
                .with(gate));
    RunnerSetup runner = RunnerSetup.of("direct", OptionalInt.empty(), List.of());
    AuditInput images = audit.images();
    audit.describe(images, plan).forEach(System.out::println);
    return JobOptions.run(
        JobOptions.context(
            spec,
            runner,
            images,
            task == null ? audit.classNames(plan) : categories(),
            new OutputFolder(output)),
        context -> new AuditJob(context, plan));
  }

  /** Names of the classes; those of segmentation begin with the ground. */
  private List<String> categories() {
    List<String> names = new ArrayList<>();
    if (task == SceneTaskNetwork.SEGMENTATION) {
      names.add("ground");
    }
    for (SceneCategory category : SceneCategory.values()) {
      names.add(category.toString());
    }
    return names;
  }
}
