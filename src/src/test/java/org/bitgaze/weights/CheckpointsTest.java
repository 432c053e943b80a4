package org.bitgaze.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.model.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.XZInputStream;

/**
 * Checkpoints as training scripts write them. The small ones were made by Python's pickle module,
 * see {@code small.py} beside them: a linear layer {@code fc} of weights 1 to 6 and biases 7 and 8.
 * The others are SqueezeNet 1.1 with a formula's weights, written by PyTorch.
 */
class CheckpointsTest {
  private static final WantedParameters FC =
      new WantedParameters(
          "tiny", parameters("fc.weight", new int[] {2, 3}, "fc.bias", new int[] {2}));
  private static final float[] WEIGHT = {1, 2, 3, 4, 5, 6};

  @TempDir private Path folder;

  private static Map<String, int[]> parameters(String a, int[] first, String b, int[] second) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put(a, first);
    shapes.put(b, second);
    return shapes;
  }

  private static InputStream resource(String name) {
    return CheckpointsTest.class.getResourceAsStream("checkpoints/" + name);
  }

  private Path small(String name) throws IOException {
    return small(name, folder);
  }

  /** Unpacks a small checkpoint. */
  static Path small(String name, Path folder) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(resource("small.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(name)) {
          Path file = folder.resolve(name);
          Files.copy(zip, file);
          return file;
        }
      }
    }
    throw new AssertionError("there is no " + name);
  }

  private Path large(String name) throws IOException {
    Path file = folder.resolve(Path.of(name).getFileName().toString());
    try (InputStream in = new XZInputStream(resource(name + ".xz"))) {
      Files.copy(in, file);
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer",
        "optimizer-legacy",
        "numpy-scalar",
        "plain-values",
        "protocol-3",
        "protocol-4",
        "protocol-5",
        "protocol-4-legacy",
        "parameters",
        "subclass",
        "python-2-pairs",
        "tuple",
        "list-of-one",
        "deep",
        "by-module",
        "wrapped-inside",
        "averaged",
        "with-loss",
        "half",
        "bfloat16",
        "double",
        "same-dict-twice",
        "contains-itself",
        "projector-has-other-shape"
      })
  void readsWhatTrainingWrites(String name) throws IOException {
    try (TensorSource source = WeightsFile.open(small(name + ".pth"), FC, "")) {
      assertArrayEquals(WEIGHT, source.read("fc.weight").data());
      assertArrayEquals(new float[] {7, 8}, source.read("fc.bias").data());
      boolean renamed =
          !List.of(
                  "protocol-4-legacy",
                  "parameters",
                  "subclass",
                  "python-2-pairs",
                  "half",
                  "bfloat16",
                  "by-module")
              .contains(name);
      assertEquals(
          renamed, source.notices().stream().anyMatch(n -> n.contains("is read as 'fc.weight'")));
      assertEquals(
          name.equals("double"),
          source.notices().stream().anyMatch(n -> n.endsWith("from float64 to float32")));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model-and-ema, model, 1",
    "model-and-ema, ema, -1",
    "nested-ema, model, 1",
    "nested-ema, ema, -1",
    "nested-ema, ema.state_dict, -1",
    "root-and-ema, ., 1",
    "root-and-ema, ema, -1"
  })
  void aPartIsChosen(String name, String part, float first) throws IOException {
    Path file = small(name + ".pth");
    WeightsException e = assertThrows(WeightsException.class, () -> WeightsFile.open(file, FC, ""));
    assertTrue(e.getMessage().contains(": 2 parts fit tiny; choose one: #"), e.getMessage());
    assertTrue(e.getMessage().contains("#ema"), e.getMessage());
    WeightsException none =
        assertThrows(WeightsException.class, () -> WeightsFile.open(file, FC, "other"));
    assertTrue(none.getMessage().contains("no single part is called 'other'"), none.getMessage());
    try (TensorSource source = WeightsFile.open(file, FC, part)) {
      assertEquals(first, source.read("fc.weight").data()[0]);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fp8.pth | tensor 'fc.weight' has elements of type float8_e4m3fn; expected float32,",
        "quantized.pth | tensor 'fc.weight' has elements of type qint8; expected float32,",
        "integers.pth | tensor 'fc.weight' has elements of type int64; expected float32,",
        "both-wrapped-and-not.pth | two tensors may be 'fc.weight': 'fc.weight', 'module.fc.weight'",
        "pickled-model.pth | is a training checkpoint or a pickled model: 'my.models.Net' is not allowed",
        "pickled-model-source.pth | is a pickled model, not its weights",
        "getattr.pth | 'builtins.getattr' is not allowed",
        "no-tensors.pth | holds no tensors",
        "torchscript.pth | is a TorchScript archive",
        "plain-pickle.pth | is not a PyTorch file (a Python pickle?)",
        "html.pth | is not a PyTorch file (an HTML page?)",
        "lfs.pth | is a Git LFS pointer, not the file itself: run git lfs pull",
        "lfs.safetensors | is a Git LFS pointer, not the file itself: run git lfs pull",
        "empty.pth | is not a PyTorch file (it is empty)",
        "empty.safetensors | is not a safetensors file: it has 0 bytes",
        "json.safetensors | is not a safetensors file (a JSON file?)",
        "npz.pth | is a zip archive, but not a PyTorch file: it has no data.pkl; it holds 'arr_0.npy'",
        "hdf5.pth | is not a PyTorch file (an HDF5 file, as Keras writes them?)"
      })
  void saysWhatAFileIs(String name, String problem) throws IOException {
    Path file = small(name);
    WeightsException e = assertThrows(WeightsException.class, () -> WeightsFile.open(file, FC, ""));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(problem), e.getMessage());
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    for (String name : new String[] {"missing.pth", "missing.safetensors"}) {
      Path file = folder.resolve(name);
      WeightsException e = assertThrows(WeightsException.class, () -> WeightsFile.open(file));
      assertEquals(file + ": there is no such file", e.getMessage());
    }
    WeightsException e = assertThrows(WeightsException.class, () -> WeightsFile.open(folder));
    assertEquals(folder + ": is a folder, not a file of weights", e.getMessage());
  }

  /** Every checkpoint, and what its notice says of the first parameter; nothing for none. */
  @ParameterizedTest
  @CsvSource({
    "01-training-checkpoint/argparse-namespace.pth, state_dict.features.0.weight",
    "01-training-checkpoint/control-lr-is-an-int.pth, state_dict.features.0.weight",
    "01-training-checkpoint/defaultdict.pth, state_dict.features.0.weight",
    "01-training-checkpoint/legacy-format.pth, state_dict.features.0.weight",
    "01-training-checkpoint/lr-is-a-float.pth, state_dict.features.0.weight",
    "01-training-checkpoint/pickle-protocol-4.pth,",
    "01-training-checkpoint/set.pth, state_dict.features.0.weight",
    "01-training-checkpoint/torch-dtype.pth, state_dict.features.0.weight",
    "02-module-prefix/features-module.pth, features.module.0.weight",
    "02-module-prefix/lightning-model.pth, state_dict.model.features.0.weight",
    "02-module-prefix/module.pth, module.features.0.weight",
    "03-orig-mod-prefix/module-orig-mod.pth, module._orig_mod.features.0.weight",
    "03-orig-mod-prefix/orig-mod-module.pth, _orig_mod.module.features.0.weight",
    "03-orig-mod-prefix/orig-mod.pth, _orig_mod.features.0.weight",
    "04-other-nesting/empty-state-dict-beside-model.pth, model.features.0.weight",
    "04-other-nesting/float64.pth,",
    "04-other-nesting/model-state-dict.pth, model_state_dict.features.0.weight",
    "04-other-nesting/model-within-state-dict.pth, model.state_dict.features.0.weight",
    "04-other-nesting/model.pth, model.features.0.weight",
    "04-other-nesting/net.pth, net.features.0.weight"
  })
  void reportedCheckpointsAreRead(String name, String first) throws IOException {
    try (OpenModel expected = open(large("00-control/plain.pth").toString());
        OpenModel found = open(large(name).toString())) {
      requireSame(expected, found);
      List<String> notices = found.network().weights().notices();
      assertEquals(
          first == null && !name.contains("float64") ? 0 : 1, notices.size(), "" + notices);
      if (first != null) {
        assertTrue(notices.get(0).contains("'" + first + "' is read as"), notices.get(0));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "02-module-prefix/student-and-teacher.pth, state_dict.student, state_dict.teacher, teacher",
    "04-other-nesting/model-and-ema.pth, model, model_ema, model_ema",
    "04-other-nesting/state-dict-and-ema.pth, state_dict, state_dict_ema, state_dict_ema"
  })
  void reportedCheckpointsWithSeveralPartsListThem(
      String name, String one, String other, String part) throws IOException {
    String file = large(name).toString();
    WeightsException e = assertThrows(WeightsException.class, () -> open(file));
    assertEquals(
        file + ": 2 parts fit squeezenet1_1; choose one: #" + one + ", #" + other, e.getMessage());
    open(file + "#" + part).close();
  }

  private static OpenModel open(String weights) throws IOException {
    return Model.zoo("squeezenet1_1").withWeights(Weights.File.of(weights)).open();
  }

  private static void requireSame(OpenModel expected, OpenModel found) throws IOException {
    for (String name : expected.network().graph().parameters().keySet()) {
      assertArrayEquals(
          expected.network().weights().read(name).data(),
          found.network().weights().read(name).data(),
          name);
    }
  }
}
