package org.bitgaze.pipelines.cli;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.bench.NativeTime;
import org.bitgaze.pipelines.bench.Results;
import org.bitgaze.pipelines.bench.Spread;
import org.bitgaze.pipelines.bench.StageTimes;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Versions;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.scene.Scene;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.explain.Explanation;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.ProgramCache;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.zoo.Architecture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bitgaze bench}: what this machine takes. */
@Command(
    name = "bench",
    resourceBundle = "org.bitgaze.pipelines.cli.Choices",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures on this machine, on synthetic scenes: native milliseconds of each network and"
            + " precision in one thread, the steps around them, and a whole audit, with the share of"
            + " its processor time that is native.",
    footer = {
      "",
      "Examples:",
      "  bitgaze bench --weights scenes --networks squeezenet1_0",
      "  bitgaze bench --weights weights --networks mobilenet_v2,vgg16 --arithmetic simulated,integer",
      "  bitgaze bench --weights weights --json > bench.json"
    })
final class BenchCommand implements Callable<Integer> {
  private static final int WARMUPS = 3;
  private static final int CALIBRATION = 4;
  private static final int PICTURES = 8;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]",
      description = "which networks (default: all that have weights)")
  private List<String> networks;

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      defaultValue = "f32,int16,int8",
      description = "f32, int2 to int16, each with -per-channel (default: ${DEFAULT-VALUE})")
  private List<String> precisions;

  @Option(
      names = "--arithmetic",
      split = ",",
      paramLabel = "HOW",
      defaultValue = "simulated",
      completionCandidates = Choices.Arithmetics.class,
      description =
          "one or both of ${bundle:choices.arithmetic}; the audit uses the last (default: ${DEFAULT-VALUE})")
  private List<String> arithmetics;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "images per native call (default: 1 to 4, as suits the network)")
  private Integer batchSize;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "calls that are timed, after a few that are not (default: ${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "64",
      description = "scenes of the whole audit; 0 for none (default: ${DEFAULT-VALUE})")
  private int images;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Mixin private ModelOptions modelOptions;

  @Override
  public Integer call() throws Exception {
    if ((batchSize != null && batchSize < 1) || runs < 1 || images < 0) {
      throw new UsageException("--batch-size and --runs must be 1 or more, --images not negative");
    }
    List<Precision> bits;
    List<Arithmetic> chosen;
    try {
      bits = precisions.stream().map(Precision::of).toList();
      chosen = arithmetics.stream().map(Arithmetic::of).toList();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    for (Arithmetic one : chosen) {
      ArithmeticOption.requireExact(
          one, bits.stream().map(Configuration::uniform), ActivationScheme.DEPLOYMENT);
    }
    List<String> names = networks == null ? found() : networks;
    List<Model> models = new ArrayList<>();
    for (String name : names) {
      models.add(modelOptions.check(name, KnownProtocol.DEPLOYMENT.protocol()).model());
    }
    Map<Results.Program, NativeTime> times = new LinkedHashMap<>();
    for (Model model : models) {
      measure(model, bits, chosen, times);
    }
    Map<String, Spread> stages = StageTimes.of(pictures(PICTURES), maps(models.get(0)), runs);
    Optional<Results.Whole> audit =
        images == 0 ? Optional.empty() : Optional.of(audit(names, chosen));
    Results results =
        new Results(Host.describe(), Versions.read(), WARMUPS, runs, times, stages, audit);
    TorchEngine.notice().ifPresent(System.err::println);
    if (json) {
      System.out.println(results.json());
    } else {
      results.text().forEach(System.out::println);
    }
    return 0;
  }

  private List<String> found() {
    List<String> all =
        Arrays.stream(Architecture.values())
            .map(Architecture::id)
            .filter(modelOptions::has)
            .toList();
    if (all.isEmpty()) {
      throw new UsageException("no weights; 'bitgaze weights' gets them, or --weights scenes");
    }
    return all;
  }

  private void measure(
      Model model,
      List<Precision> bits,
      List<Arithmetic> chosen,
      Map<Results.Program, NativeTime> times)
      throws Exception {
    Ranges ranges = ranges(model);
    for (Precision precision : bits) {
      Set<Arithmetic> different = new LinkedHashSet<>();
      chosen.forEach(arithmetic -> different.add(arithmetic.at(precision)));
      for (Arithmetic arithmetic : different) {
        Quantization quantization =
            precision.isFloat() ? Quantization.NONE : new Quantization.Static(precision, ranges);
        ProgramKey key =
            new ProgramKey(model, quantization, MapMethod.GRADCAM_PLUS_PLUS, arithmetic);
        times.put(
            new Results.Program(model.id(), precision.toString(), arithmetic.id()),
            NativeTime.of(key, crops(model, batch(model, arithmetic)), WARMUPS, runs));
      }
    }
  }

  private int batch(Model model, Arithmetic arithmetic) throws Exception {
    if (batchSize != null) {
      return batchSize;
    }
    return Batches.fitting(model.info(), arithmetic);
  }

  private static Ranges ranges(Model model) throws Exception {
    Observations seen = new Observations();
    try (var lease = ObserverProgram.lease(model)) {
      for (RgbImage crop : crops(model, CALIBRATION)) {
        lease.program().run(List.of(crop)).forEach(seen::add);
      }
    }
    return seen.ranges(RangeMode.MINMAX);
  }

  private static List<RgbImage> pictures(int count) {
    List<RgbImage> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(Scene.of(1, i).picture());
    }
    return all;
  }

  private static List<RgbImage> crops(Model model, int count) throws Exception {
    var preprocessing = model.preprocessing();
    return pictures(count).stream().map(preprocessing::apply).toList();
  }

  /** A network's own maps of some pictures, each beside the next picture's. */
  private static List<Heatmap[]> maps(Model model) throws Exception {
    ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.GRADCAM_PLUS_PLUS);
    int[] targets = {CamProgram.OWN_CLASS};
    List<Heatmap[]> pairs = new ArrayList<>();
    try (var lease = CamProgram.lease(key)) {
      List<Explanation> found = new ArrayList<>();
      for (RgbImage crop : crops(model, PICTURES)) {
        found.addAll(lease.program().run(List.of(crop), targets));
      }
      for (int i = 0; i < PICTURES; i++) {
        pairs.add(new Heatmap[] {found.get(i).cam(), found.get((i + 1) % PICTURES).cam()});
      }
    }
    return pairs;
  }

  /** The audit in a process of its own, with this one's options: its start is a real one. */
  private Results.Whole audit(List<String> names, List<Arithmetic> chosen) throws Exception {
    Path folder = Files.createTempDirectory("bitgaze-bench");
    Path output = folder.resolve("audit");
    List<String> args = new ArrayList<>(List.of("audit", "--input", "scenes:" + images));
    if (modelOptions.weights() != null) {
      args.addAll(List.of("--weights", modelOptions.weights()));
    }
    args.addAll(List.of("--networks", String.join(",", names)));
    args.addAll(List.of("--precisions", String.join(",", precisions)));
    args.addAll(List.of("--arithmetic", chosen.get(chosen.size() - 1).id()));
    if (batchSize != null) {
      args.addAll(List.of("--batch-size", "" + batchSize));
    }
    args.addAll(List.of("--output", output.toString()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classes = System.getProperty("java.class.path");
    // A jar's manifest says what the JVM must open, but only where the jar is what is run.
    command.addAll(
        classes.endsWith(".jar") && !classes.contains(File.pathSeparator)
            ? List.of("-jar", classes)
            : List.of("-cp", classes, Bitgaze.class.getName()));
    command.addAll(args);
    try {
      Path log = folder.resolve("log");
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Thread end = new Thread(process::destroy);
      Runtime.getRuntime().addShutdownHook(end);
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(end);
      if (code != 0) {
        throw new IllegalStateException(
            "the audit failed: bitgaze " + String.join(" ", args) + ": " + Files.readString(log));
      }
      double millis = (System.nanoTime() - start) / 1e6;
      Map<String, Double> taken = RunInfo.read(output.resolve("run.json")).process();
      return new Results.Whole(images, millis / images, taken);
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }
}
