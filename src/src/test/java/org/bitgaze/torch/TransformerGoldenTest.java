package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Edit;
import org.bitgaze.network.Mode;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Elementwise;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.InsertAtPoints;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformerGoldenTest {
  @TempDir private Path folder;

  private static OpenModel open(Architecture zoo) throws IOException {
    Network network = zoo.network(1000, new FormulaWeights(zoo.stateDict(1000)));
    return new OpenModel(network, Preprocessing.IMAGENET, zoo.targetLayer(), Execution.DEPLOYMENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"convnext_tiny", "swin_t", "vit_b_16"})
  @NeedsShared("transformers/vit_b_16.formula.json")
  void agrees(String name) throws IOException {
    String file = "transformers/" + name + ".formula";
    RawTensors golden = RawTensors.of(Shared.file(file + ".safetensors"));
    JsonNode json = Golden.json(Files.readAllBytes(Shared.file(file + ".json")));
    OpenModel model = open(Architecture.of(name));
    if (System.getProperty("quick") == null) points(model, json);
    for (String mode : List.of("f32", "int16", "int8", "int8-per-channel", "int4")) {
      for (MapMethod method : MapMethod.values()) {
        String key = method == MapMethod.GRADCAM_PLUS_PLUS ? "cam" : method.id();
        if (System.getProperty("quick") != null
            && !(mode.equals("f32")
                || mode.equals("int8") && method.need() == MapMethod.Need.ATTENTION)) continue;
        if (golden.header().has(mode + "." + key)) {
          check(model, name, mode, method, key, golden, json);
        }
      }
    }
    if (System.getProperty("quick") == null) noise(model, json);
  }

  private static void points(OpenModel model, JsonNode json) throws IOException {
    Observations all = new Observations();
    try (ObserverProgram program = ObserverProgram.of(model)) {
      program.run(Golden.images("crops.safetensors", "calibration")).forEach(all::add);
    }
    var found = all.ranges(RangeMode.MINMAX).points();
    var expected = Golden.ranges(json.get("ranges")).points();
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach(
        (point, range) -> {
          double tolerance = 1e-4 * (range.max() - range.min());
          assertEquals(range.min(), found.get(point).min(), tolerance, point);
          assertEquals(range.max(), found.get(point).max(), tolerance, point);
        });
    List<String> order = new ArrayList<>();
    json.get("ranges").fieldNames().forEachRemaining(order::add);
    Network plain = model.network().apply(Mode.EVAL);
    assertEquals(
        order,
        org.bitgaze.quant.QuantizationPoints.of(plain.graph(), ActivationScheme.DEPLOYMENT)
            .values()
            .stream()
            .map(p -> p.name())
            .toList());
    TreeSet<String> weights = new TreeSet<>();
    json.get("weights")
        .forEach(w -> weights.add(w.asText().replace("in_proj_weight", "in_proj.weight")));
    Quantization int8 = Golden.quantization("int8", json);
    assertEquals(
        weights,
        new TreeSet<>(int8.apply(plain, ActivationScheme.DEPLOYMENT).precisions().keySet()));
  }

  private void check(
      OpenModel model,
      String name,
      String mode,
      MapMethod method,
      String key,
      RawTensors golden,
      JsonNode json)
      throws IOException {
    List<RgbImage> crops = Golden.images("crops.safetensors", "crops");
    int[] targets = golden.ints("f32.class");
    Quantization quantization = Golden.quantization(mode, json);
    double[] worst = {0, 0, 1, 1};
    try (CamProgram program = CamProgram.of(model, quantization, method, Arithmetic.SIMULATED)) {
      List<Explanation> explanations = program.run(crops, targets);
      for (int i = 0; i < targets.length; i++) {
        Explanation e = explanations.get(i);
        float[] cam = Golden.part(golden.floats(mode + "." + key), i, targets.length);
        float[] logits = Golden.part(golden.floats(mode + ".logits"), i, targets.length);
        worst[0] = Math.max(worst[0], Golden.error(e.logits(), logits, Golden.largest(logits)));
        worst[1] = Math.max(worst[1], Golden.error(e.cam().values(), cam, Golden.largest(cam)));
        worst[2] = Math.min(worst[2], Golden.correlation(e.logits(), logits));
        worst[3] = Math.min(worst[3], Golden.correlation(e.cam().values(), cam));
      }
    }
    System.out.printf(
        "%s %s %s logits %.2e map %.2e; cc logits %.5f map %.5f%n",
        name, mode, method.id(), worst[0], worst[1], worst[2], worst[3]);
  }

  private record Shown(String point, Op op) implements Elementwise {
    @Override
    public String torchScript(Script script) {
      String x = script.let(op.torchScript(script));
      script.expose(point, script.let(Script.call("flatten", x, 1, -1)));
      return x;
    }
  }

  private record Same() implements Elementwise {
    @Override
    public String torchScript(Script script) {
      return script.input();
    }
  }

  private void noise(OpenModel model, JsonNode json) throws IOException {
    Network plain = model.network().apply(Mode.EVAL);
    Network clean =
        plain.apply(
            new InsertAtPoints(
                ActivationScheme.DEPLOYMENT,
                ".shown",
                p -> Optional.of(new Shown(p.name(), new Same()))));
    Network quantized =
        Golden.quantization("int8", json)
            .apply(plain, ActivationScheme.DEPLOYMENT)
            .apply(
                graph ->
                    graph.rewrite(
                        n ->
                            n.op() instanceof FakeQuantize
                                ? new Edit.ReplaceKeepingOutput(
                                    new Shown(n.name().replace(FakeQuantize.SUFFIX, ""), n.op()))
                                : Edit.KEEP));
    Map<String, double[]> energies = new HashMap<>();
    for (RgbImage image : Golden.images("crops.safetensors", "crops")) {
      Map<String, float[]> a = run(clean, image);
      Map<String, float[]> b = run(quantized, image);
      a.forEach(
          (point, x) -> {
            double[] energy = energies.computeIfAbsent(point, p -> new double[2]);
            float[] y = b.get(point);
            for (int i = 0; i < x.length; i++) {
              energy[0] += (double) x[i] * x[i];
              energy[1] += ((double) y[i] - x[i]) * ((double) y[i] - x[i]);
            }
          });
    }
    double most = 0;
    double mean = 0;
    String where = "";
    int count = 0;
    var fields = json.get("sqnr_int8").fields();
    while (fields.hasNext()) {
      var field = fields.next();
      double[] energy = energies.get(field.getKey());
      if (energy == null) {
        System.out.println("no " + field.getKey());
        continue;
      }
      double db = 10 * Math.log10(energy[0] / energy[1]);
      double difference = Math.abs(db - field.getValue().asDouble());
      where = difference > most ? field.getKey() : where;
      most = Math.max(most, difference);
      mean += difference;
      count++;
    }
    System.out.printf(
        "sqnr %d points, at most %.3f dB (%s), mean %.3f%n", count, most, where, mean / count);
  }

  private Map<String, float[]> run(Network network, RgbImage image) throws IOException {
    ProgramText text = ProgramText.ofAttributes(network.graph(), Size.of(224));
    InputText.of(Preprocessing.IMAGENET.normalization()).write(text);
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), ProgramText.Use.KEPT);
    List<String> points = new ArrayList<>(text.exposed().keySet());
    List<String> all = new ArrayList<>(text.exposed().values());
    points.add("logits");
    all.add(text.variable(network.graph().output().name()));
    text.add(
        "sizes = torch.tensor("
            + all.stream().map(v -> "torch.size(" + v + ", 1)").toList()
            + ", dtype=4)");
    text.add("return (torch.cat(" + all + ", 1), sizes)");
    Path file = folder.resolve("shown.pt");
    TorchScriptArchive.write(file, text, network, "images: Tensor) -> Tuple[Tensor, Tensor]");
    Map<String, float[]> shown = new HashMap<>();
    try (Model model = TorchEngine.load(file);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, List.of(image)));
      NDList out = TorchEngine.run(model, in, 1);
      float[] values = out.get(0).toFloatArray();
      long[] sizes = out.get(1).toLongArray();
      int next = 0;
      for (int i = 0; i < sizes.length; i++) {
        shown.put(points.get(i), java.util.Arrays.copyOfRange(values, next, next + (int) sizes[i]));
        next += (int) sizes[i];
      }
    }
    return shown;
  }
}
