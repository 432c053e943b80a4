package org.bitgaze.pipelines.cli;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.faithfulness.RandomMap;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.ModelInfo;
import org.bitgaze.ort.OrtPrecision;
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
import org.bitgaze.torch.ForwardPrecision;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.TaskPrecision;
import org.bitgaze.torch.runtime.TorchEngine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bitgaze bench}: measures this machine. */
@Command(
    name = "bench",
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures on this machine, with synthetic scenes: native milliseconds of each network and"
            + " precision in one thread, the other steps, and a whole audit, with the native share of"
            + " its processor time.",
    footer = {
      "",
      "Examples:",
      "  bitgaze bench --weights scenes --networks squeezenet1_0",
      "  bitgaze bench --weights weights --networks mobilenet_v2,vgg16 --arithmetic simulated,integer",
      "  bitgaze bench --networks mine.onnx --precisions f32 --engine torch,onnxruntime --cam occlusion",
      "  bitgaze bench --weights weights --json > bench.json"
    })
final class BenchCommand implements Callable<Integer> {
  private static final int WARMUPS = 3;
  private static final int CALIBRATION = 4;
  private static final int PICTURES = 8;

  /** Height and width of the maps whose comparison is timed: that of most networks. */
  private static final int MAP_SIDE = 7;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = OptionValues.Networks.class,
      description = "networks (default: all whose weights exist)")
  private List<NetworkText> networks = new ArrayList<>();

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      description = "f32, int2 to int16, each with -per-channel (default: f32,int16,int8)")
  private List<String> precisions = List.of("f32", "int16", "int8");

  @Option(
      names = "--arithmetic",
      split = ",",
      paramLabel = "HOW",
      completionCandidates = OptionValues.Arithmetics.class,
      description =
          "one or both of: ${bundle:choices.arithmetic}; the audit uses the last one (default:"
              + " simulated)")
  private List<Arithmetic> arithmetics = List.of(Arithmetic.SIMULATED);

  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "torch|onnxruntime",
      completionCandidates = OptionValues.Engines.class,
      description =
          "one or both of: ${bundle:choices.engines}; onnxruntime runs ONNX files at f32, by a --cam"
              + " without gradient (default: torch)")
  private List<Engine> engines = List.of(Engine.TORCH);

  @Option(
      names = "--cam",
      paramLabel = "METHOD",
      description = "map method, see 'bitgaze audit --help' (default: gradcam++)")
  private MapMethod cam = MapMethod.GRADCAM_PLUS_PLUS;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "images per native call (default: 1 to 4, depending on the network)")
  private Integer batchSize;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "number of timed calls, after a few untimed ones (default: ${DEFAULT-VALUE})")
  private int runs = 5;

  @Option(
      names = "--images",
      paramLabel = "N",
      description = "number of scenes of the audit; 0 for no audit (default: ${DEFAULT-VALUE})")
  private int images = 64;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Mixin private NetworkOptions options;

  @Override
  public Integer call() throws Exception {
    UsageException.requireAtLeast(1, "--batch-size", batchSize == null ? 1 : batchSize);
    UsageException.requireAtLeast(1, "--runs", runs);
    UsageException.requireAtLeast(0, "--images", images);
    List<Precision> bits =
        UsageException.checking(() -> precisions.stream().map(Precision::of).toList());
    for (Arithmetic one : arithmetics) {
      ArithmeticOption.requireExact(
          one, bits.stream().map(Configuration::uniform), ActivationScheme.DEPLOYMENT);
    }
    List<NetworkText> chosen = networks.isEmpty() ? options.available() : networks;
    UsageException.require(
        !chosen.isEmpty(), "no weights; run 'bitgaze networks pull', or use --weights scenes");
    boolean torch = engines.contains(Engine.TORCH);
    UsageException.require(
        torch || bits.stream().allMatch(Precision::isFloat),
        "--engine onnxruntime runs files as they are; use --precisions f32");
    if (!torch) {
      options.setEngine(model -> model.withEngine(Engine.ONNX_RUNTIME));
    }
    List<CheckedModel> checked =
        UsageException.checking(
            () -> options.check(chosen, false, KnownProtocol.DEPLOYMENT.protocol().withCam(cam)));
    for (Engine engine : engines) {
      UsageException.checking(
          () -> {
            engine.require(cam);
            return true;
          });
    }
    UsageException.require(
        !engines.contains(Engine.ONNX_RUNTIME)
            || checked.stream().allMatch(c -> c.model().isOnnx()),
        "--engine onnxruntime runs ONNX files, but --networks names others");
    UsageException.require(
        cam.need() != MapMethod.Need.ATTENTION, "--cam " + cam.id() + " is not measured");
    Map<Results.Program, NativeTime> times = new LinkedHashMap<>();
    for (CheckedModel one : checked) {
      measure(one.model(), bits, times);
    }
    Map<String, Spread> stages = StageTimes.of(pictures(PICTURES), maps(), runs);
    Optional<Results.Whole> audit = images == 0 ? Optional.empty() : Optional.of(audit(chosen));
    Results results =
        new Results(Host.describe(), Versions.read(), WARMUPS, runs, times, stages, audit);
    TorchEngine.notice().ifPresent(System.err::println);
    if (json) {
      System.out.println(results.json());
    } else {
      results.text().forEach(System.out::println);
    }
    return ExitCode.OK;
  }

  private void measure(Model model, List<Precision> bits, Map<Results.Program, NativeTime> times)
      throws Exception {
    if (engines.contains(Engine.ONNX_RUNTIME) && model.isOnnx()) {
      Model deployed = model.withEngine(Engine.ONNX_RUNTIME);
      times.put(
          program(deployed, Precision.F32, Arithmetic.SIMULATED),
          NativeTime.of(deployed(deployed), crops(model, 1), WARMUPS, runs));
    }
    if (!engines.contains(Engine.TORCH)) {
      return;
    }
    boolean real = bits.stream().allMatch(Precision::isFloat);
    Optional<Ranges> ranges = real ? Optional.empty() : Optional.of(ranges(model));
    for (Precision precision : bits) {
      Set<Arithmetic> different = new LinkedHashSet<>();
      arithmetics.forEach(arithmetic -> different.add(arithmetic.at(precision)));
      for (Arithmetic arithmetic : different) {
        Quantization quantization =
            precision.isFloat()
                ? Quantization.NONE
                : new Quantization.Static(precision, ranges.orElseThrow());
        ProgramKey key = new ProgramKey(model, quantization, cam, arithmetic);
        List<RgbImage> crops = crops(model, batch(model, arithmetic));
        times.put(program(model, precision, arithmetic), time(key, crops));
      }
    }
  }

  private NativeTime time(ProgramKey key, List<RgbImage> crops) throws Exception {
    if (cam.isForward()) {
      return NativeTime.of(simulated(key, crops.size()), crops.subList(0, 1), WARMUPS, runs);
    }
    return key.model().info().objective().isClassification()
        ? NativeTime.of(key, crops, WARMUPS, runs)
        : NativeTime.of(ofTask(key, crops.size()), crops, WARMUPS, runs);
  }

  private static ExplainerSpec ofTask(ProgramKey key, int batch) throws Exception {
    Model model = key.model();
    ModelInfo info = model.info();
    return new TaskPrecision(
        model.id(), key, info.preprocessing(), info.objective(), "bench", "bench", batch, 1);
  }

  private Results.Program program(Model model, Precision precision, Arithmetic arithmetic) {
    return new Results.Program(
        model.id(), precision.toString(), arithmetic.id(), model.engine().id(), cam.id());
  }

  /** A method that runs the network forward many times: perturbed inputs in batches. */
  private static ExplainerSpec simulated(ProgramKey key, int batch) throws Exception {
    Model model = key.model();
    return new ForwardPrecision(
        model.id(), key, model.preprocessing(), model.info().objective(), "bench", 0, batch, 1);
  }

  private ExplainerSpec deployed(Model model) throws Exception {
    ModelInfo info = model.info();
    return new OrtPrecision(
        model.id(),
        model,
        cam,
        info.preprocessing(),
        cam.need() == MapMethod.Need.ACTIVATIONS ? info.targetLayer() : "",
        "bench",
        0,
        1);
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

  /** Pairs of maps to compare: any will do. */
  private static List<Heatmap[]> maps() {
    List<Heatmap[]> pairs = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      pairs.add(
          new Heatmap[] {
            RandomMap.of("map " + i, MAP_SIDE, MAP_SIDE),
            RandomMap.of("map " + (i + 1), MAP_SIDE, MAP_SIDE)
          });
    }
    return pairs;
  }

  /** Audits in a new process with this one's JVM options, so that its start is measured, too. */
  private Results.Whole audit(List<NetworkText> chosen) throws Exception {
    Path folder = Files.createTempDirectory("bitgaze-bench");
    Path output = folder.resolve("audit");
    List<String> args = new ArrayList<>(List.of("audit", "--input", "scenes:" + images));
    options.weights().ifPresent(weights -> args.addAll(List.of("--weights", weights)));
    args.addAll(
        List.of("--networks", chosen.stream().map(NetworkText::text).collect(joining(","))));
    args.addAll(List.of("--precisions", String.join(",", precisions)));
    args.addAll(List.of("--arithmetic", arithmetics.get(arithmetics.size() - 1).id()));
    if (batchSize != null) {
      args.addAll(List.of("--batch-size", "" + batchSize));
    }
    // Models differ in their default; what is audited is what was timed.
    args.addAll(List.of("--cam", cam.id()));
    if (engines.contains(Engine.ONNX_RUNTIME)) {
      boolean both = engines.contains(Engine.TORCH);
      args.addAll(
          both
              ? List.of("--engines", "torch,onnxruntime")
              : List.of("--engine", Engine.ONNX_RUNTIME.id()));
    }
    args.addAll(List.of("--output", output.toString()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    String classes = System.getProperty("java.class.path");
    // The manifest opens packages to this program only if the JVM runs the jar itself.
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
