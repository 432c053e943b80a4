package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.FoldBatchNorm;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.ParameterPrecision;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Scales and zero points of dynamic quantization at every point of a quantized network. With 16
 * bits a value that falls on the other side of a rounding step moves a range by 1e-5 of itself,
 * with 8 bits by some steps in a hundred: scales are held to that, and zero points to what follows
 * of it.
 */
class DynamicRangesGoldenTest {
  @TempDir private Path folder;

  /** Quantizes, and shows the scale and zero point that the program computes. */
  private record Shown(String point, DynamicFakeQuantize quantize) implements Op {
    @Override
    public int[] outputShape(List<int[]> inputs) {
      return inputs.get(0);
    }

    @Override
    public String torchScript(Script script) {
      List<String> lets = new ArrayList<>();
      Script recording =
          (Script)
              Proxy.newProxyInstance(
                  Script.class.getClassLoader(),
                  new Class<?>[] {Script.class},
                  (proxy, method, args) -> {
                    if (method.isDefault()) {
                      return InvocationHandler.invokeDefault(proxy, method, args);
                    }
                    Object result = method.invoke(script, args);
                    if (method.getName().equals("let")) {
                      lets.add((String) result);
                    }
                    return result;
                  });
      String quantized = quantize.torchScript(recording);
      // The values, the lowest, the highest, the scale, the zero point.
      String both = "[" + lets.get(3) + ", " + lets.get(4) + "]";
      script.expose(point, script.let(Script.call("stack", both, 1)));
      return quantized;
    }
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({
    "VGG16, 16, 1e-3, 40",
    "RESNET50, 16, 1e-3, 40",
    "DENSENET121, 16, 1e-3, 40",
    "VGG16, 8, 0.02, 1"
  })
  void largeNetworksAgree(Architecture zoo, int bits, double tolerance, int steps)
      throws IOException {
    agree(zoo, bits, tolerance, steps);
  }

  @ParameterizedTest
  @CsvSource({
    "MOBILENET_V2, 16, 1e-3, 40",
    "SQUEEZENET1_0, 16, 1e-3, 40",
    "SQUEEZENET1_1, 16, 1e-3, 40",
    "EFFICIENTNET_B0, 16, 1e-3, 40",
    "SQUEEZENET1_1, 8, 0.02, 1"
  })
  void agree(Architecture zoo, int bits, double tolerance, int steps) throws IOException {
    JsonNode json = Golden.json(Golden.scenes(zoo.id() + ".json"));
    Precision precision = Precision.of("int" + bits);
    Graph plain = zoo.graph(1000);
    Graph folded = new FoldBatchNorm().rewrite(plain).graph();
    Map<String, ParameterPrecision> precisions = new HashMap<>();
    for (Node node : folded.nodes()) {
      for (String weight : node.op().weights()) {
        precisions.put(node.name() + "." + weight, new WeightQuantization(precision));
      }
    }
    Network network =
        new Network(plain, FormulaWeights.inFile(plain, folder))
            .apply(new FoldBatchNorm())
            .apply(
                new InsertAtPoints(
                    ActivationScheme.DEPLOYMENT,
                    ".shown",
                    point ->
                        Optional.of(
                            new Shown(
                                point.name(), new DynamicFakeQuantize(precision.activations())))))
            .withPrecisions(precisions);
    ProgramText text = ProgramText.ofAttributes(network.graph(), Size.of(224));
    InputText.of(Normalization.IMAGENET).write(text);
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.stack([" + String.join(", ", text.exposed().values()) + "], 1)");
    Path file = folder.resolve("shown.pt");
    TorchScriptArchive.write(file, text, network, "images: Tensor) -> Tensor");
    List<RgbImage> crops = Golden.scenePictures("crop");
    List<String> points = new ArrayList<>(text.exposed().keySet());
    try (Model model = TorchEngine.load(file);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, crops));
      float[] shown = TorchEngine.run(model, in, 1).get(0).toFloatArray();
      String mode = "int" + bits + "-dynamic";
      for (int i = 0; i < shown.length; i += 2) {
        int image = i / 2 / points.size();
        String point = points.get(i / 2 % points.size());
        double scale = json.get("dynamic_scales").get(mode).get(point).get(image).asDouble();
        int zero = json.get("dynamic_zero_points").get(mode).get(point).get(image).asInt();
        boolean exact = point.equals("input");
        assertEquals(scale, shown[i], exact ? 1e-9 * scale : tolerance * scale, point);
        assertEquals(zero, shown[i + 1], exact ? 0 : steps, point);
      }
    }
  }
}
