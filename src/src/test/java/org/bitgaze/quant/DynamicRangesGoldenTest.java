package org.bitgaze.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.graph.FoldBatchNorm;
import org.bitgaze.graph.Graph;
import org.bitgaze.graph.Network;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.RgbImage;
import org.bitgaze.op.Op;
import org.bitgaze.op.Script;
import org.bitgaze.program.Batches;
import org.bitgaze.program.ProgramText;
import org.bitgaze.program.TorchEngine;
import org.bitgaze.program.TorchScriptArchive;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.zoo.Architecture;
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

  /** Quantizes, and shows the extremes of what is quantized. */
  private record Shown(Op observe, Op quantize) implements Op {
    @Override
    public int[] outputShape(List<int[]> inputs) {
      return inputs.get(0);
    }

    @Override
    public String torchScript(Script script) {
      observe.torchScript(script);
      return quantize.torchScript(script);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SQUEEZENET1_1, 16, 1e-4, 8",
    "MOBILENET_V2, 16, 1e-3, 40",
    "SQUEEZENET1_1, 8, 0.02, 1",
    "VGG16, 8, 0.02, 1"
  })
  void agree(Architecture zoo, int bits, double tolerance, int steps) throws IOException {
    JsonNode json = Golden.json(Golden.scenes(zoo.id() + ".json"));
    Precision precision = new Precision(bits, false);
    Graph plain = zoo.graph(1000);
    Network network =
        new Network(plain, new FormulaWeights(plain))
            .apply(new FoldBatchNorm())
            .apply(
                new AtPoints(
                    ".shown",
                    point ->
                        new Shown(
                            new Observe(point), new DynamicFakeQuantize(precision.activations()))))
            .apply(new QuantizeWeights(precision));
    ProgramText text = ProgramText.evaluating(network.graph());
    text.normalizeImages(Normalization.IMAGENET);
    text.add("torch.set_grad_enabled(False)");
    text.write(network.graph().names(), true);
    text.add("return torch.stack([" + String.join(", ", text.exposed().values()) + "], 1)");
    Path file = folder.resolve("shown.pt");
    TorchScriptArchive.write(file, text, network.weights(), "images: Tensor) -> Tensor");
    List<RgbImage> crops = Golden.scenePictures("crop");
    List<String> points = new ArrayList<>(text.exposed().keySet());
    try (Model model = TorchEngine.load(file);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, crops));
      float[] extremes = TorchEngine.run(model, in, 1).get(0).toFloatArray();
      String mode = "int" + bits + "-dynamic";
      for (int i = 0; i < extremes.length; i += 2) {
        int image = i / 2 / points.size();
        String point = points.get(i / 2 % points.size());
        FakeQuantize found =
            new Range(extremes[i], extremes[i + 1]).affine(precision.activations());
        double scale = json.get("dynamic_scales").get(mode).get(point).get(image).asDouble();
        int zero = json.get("dynamic_zero_points").get(mode).get(point).get(image).asInt();
        assertEquals(scale, found.scale(), tolerance * scale, point);
        assertEquals(zero, found.zeroPoint(), steps, point);
      }
    }
  }
}
