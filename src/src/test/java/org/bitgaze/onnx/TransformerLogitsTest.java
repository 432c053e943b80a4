package org.bitgaze.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.op.Size;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logits of transformers and modern CNNs, from both of PyTorch's exporters, against ONNX Runtime's
 * on four photographs. Float: relative 1e-4. Quantized: a value on the edge of two steps falls
 * either way, and attention spreads it, so a correlation of 0.985.
 */
class TransformerLogitsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @NeedsShared("transformers/vit_cls.ts14.onnx")
  @ValueSource(
      strings = {
        "convnext.ts17",
        "deit_distilled.ts17",
        "mobilevit.ts17",
        "poolformer.dynamo",
        "swin.dynamo",
        "tv_convnext.dynamo",
        "tv_convnext.ts17",
        "tv_swin.dynamo",
        "tv_swin.ts17",
        "tv_vit_cls.dynamo",
        "tv_vit_cls.ts17",
        "vit_avg.dynamo",
        "vit_cls.dynamo",
        "vit_cls.ts14"
      })
  void floatLogitsAgree(String name) throws IOException {
    float[][] logits = logits(name);
    for (int i = 0; i < 4; i++) {
      float[] expected = golden(name, i);
      assertEquals(0, Golden.error(logits[i], expected, Golden.largest(expected)), 1e-4);
      assertEquals(best(expected), best(logits[i]));
    }
  }

  @ParameterizedTest
  @NeedsShared("transformers/tv_swin.ts17_qdq_per_tensor.onnx")
  @ValueSource(
      strings = {
        "convnext.ts17_qdq_per_channel",
        "convnext.ts17_qdq_per_tensor",
        "deit_distilled.ts17_qdq_per_channel",
        "tv_swin.ts17_qdq_per_channel",
        "tv_swin.ts17_qdq_per_tensor",
        "vit_cls.dynamo_qdq_per_channel",
        "vit_cls.dynamo_qdq_per_tensor"
      })
  void quantizedLogitsAgree(String name) throws IOException {
    float[][] logits = logits(name);
    for (int i = 0; i < 4; i++) {
      double correlation = Golden.correlation(logits[i], golden(name, i));
      assertTrue(correlation >= 0.985, "photograph " + i + ": " + correlation);
    }
  }

  private static float[] golden(String name, int photograph) throws IOException {
    Path file = Shared.file("transformers/" + name + ".golden.safetensors");
    return Golden.part(RawTensors.of(file).floats("logits"), photograph, 4);
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** Runs a file on four photographs at once. */
  private float[][] logits(String name) throws IOException {
    Path file = Shared.file("transformers/" + name + ".onnx");
    OnnxNetwork onnx = OnnxNetwork.read(file, InputDescription.DEFAULT, ClippedLogits.PASS);
    ProgramText text = ProgramText.ofAttributes(onnx.network().graph(), Size.of(224));
    InputText.of(onnx.preprocessing().normalization()).write(text);
    text.write(text.graph().names(), ProgramText.Use.OVERWRITTEN);
    text.add("return torch.contiguous(" + text.variable(text.graph().output().name()) + ")");
    Path program = folder.resolve("program.pt");
    TorchScriptArchive.write(program, text, onnx.network(), "images: Tensor) -> Tensor");
    List<RgbImage> photographs = Golden.images("crops.safetensors", "crops");
    try (Model model = TorchEngine.load(program);
        NDManager manager = model.getNDManager().newSubManager()) {
      NDList in = new NDList(Batches.toArray(manager, photographs));
      float[] all = TorchEngine.run(model, in, 1).get(0).toFloatArray();
      int classes = all.length / photographs.size();
      float[][] each = new float[photographs.size()][];
      Arrays.setAll(each, i -> Arrays.copyOfRange(all, i * classes, (i + 1) * classes));
      return each;
    }
  }
}
