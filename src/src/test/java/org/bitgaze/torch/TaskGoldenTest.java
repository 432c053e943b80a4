package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.AveragedTargets;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.explain.task.Binary;
import org.bitgaze.explain.task.Box;
import org.bitgaze.explain.task.ClassMap;
import org.bitgaze.explain.task.Detections;
import org.bitgaze.explain.task.LabelBoxes;
import org.bitgaze.explain.task.LabelImage;
import org.bitgaze.explain.task.Labels;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Rectangle;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.GridMemory;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.ort.OrtPrecision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of all tasks against onnxruntime's outputs and PyTorch's maps. */
class TaskGoldenTest {
  /**
   * Relative tolerances as measured between PyTorch's own two ways to the same map: Grad-CAM++
   * divides by what is nearly zero where activations may be negative.
   */
  @ParameterizedTest
  @CsvSource({
    "binary_sigmoid, 1e-3, 0.99",
    "multilabel, 1e-3, 0.99",
    "segmentation, 1e-3, 0.99",
    "segmentation_s8, 1e-3, 0.99",
    "yolo_v8, 1e-2, -1",
    "yolo_v5, 1e-2, -1",
    "ssd, 1e-3, 0.99",
    "face_rfb_320, 1e-3, 0.99"
  })
  @NeedsShared("tasks/yolo_v8.onnx")
  void agreesWithReference(String name, double tolerance, double quantizedCc) throws Exception {
    JsonNode golden = json("tasks/" + name + ".golden.json");
    RawTensors tensors = RawTensors.of(Shared.file("tasks/" + name + ".golden.safetensors"));
    Setting setting = Setting.of(golden);
    Model model = setting.model("f32", "tasks/" + name + ".onnx");
    Model candidate = setting.model("qdq", "tasks/" + name + "_qdq.onnx");
    assertEquals(golden.at("/target/f32").asText(), model.info().targetLayer());
    assertEquals(golden.get("objective").asText(), model.info().objective().id());
    assertTrue(
        candidate
            .info()
            .targetLayer()
            .startsWith(golden.at("/target/qdq_before_its_pair").asText()));
    for (MapMethod method : List.of(MapMethod.GRADCAM_PLUS_PLUS, MapMethod.LAYERCAM)) {
      boolean layer = method == MapMethod.LAYERCAM;
      String map = layer ? "layercam" : "cam";
      try (Explainer f32 = setting.open(model, method);
          Explainer qdq = setting.open(candidate, method)) {
        int pictures = Math.min(layer ? Integer.MAX_VALUE : 2, golden.get("pictures").size());
        for (int i = 0; i < pictures; i++) {
          JsonNode expected = golden.get("pictures").get(i);
          Picture picture = Picture.of(expected, setting.preprocessing(), model.info().objective());
          String what = name + " " + map + " " + picture.name();
          Explanation full = picture.explain(f32, Optional.empty());
          Answer answer = full.answer().orElseThrow().answer();
          picture.check(answer, expected.get("f32"), what);
          Explanation quantized = picture.explain(qdq, Optional.of(answer));
          Answer other = quantized.answer().orElseThrow().answer();
          checkAgreement(
              expected.get("agreement"), model.info().objective().agreement(other, answer), what);
          if (expected.get("map").isNull()) {
            assertEquals(MapStatus.NOTHING, full.status(), what);
            continue;
          }
          checkScore(expected.at("/S/f32").asDouble(), full, answer, what);
          assertMap(tensors, "f32." + map, i, full.cam(), layer ? 1e-3 : tolerance, what);
          double least = layer ? 0.98 : quantizedCc;
          Heatmap reference = row(tensors, "qdq." + map + ".unclipped", i);
          double cc = picture.compare(quantized.cam(), reference);
          assertTrue(cc >= least, what + ": CC of quantized maps " + cc);
          picture.checkMeasures(
              expected.at(layer ? "/map_layercam/qdq.unclipped" : "/map/qdq.unclipped"),
              reference,
              row(tensors, "f32." + map, i),
              what);
        }
      }
    }
  }

  /** The heads' inputs of two detectors: their maps alone, and the average of all. */
  @ParameterizedTest
  @CsvSource({"yolo_v8", "yolo_v5"})
  @NeedsShared("tasks/yolo_v8.onnx")
  void averagesTargets(String name) throws Exception {
    JsonNode golden = json("tasks/" + name + ".golden.json");
    RawTensors tensors = RawTensors.of(Shared.file("tasks/" + name + ".golden.safetensors"));
    Setting setting = Setting.of(golden);
    List<String> layers = new ArrayList<>();
    golden.get("targets_averaged").forEach(layer -> layers.add(layer.asText()));
    Model model =
        setting.model("f32", "tasks/" + name + ".onnx").withTargetLayer(String.join(",", layers));
    Picture picture =
        Picture.of(
            golden.get("pictures").get(0), setting.preprocessing(), model.info().objective());
    for (MapMethod method : List.of(MapMethod.GRADCAM_PLUS_PLUS, MapMethod.LAYERCAM)) {
      boolean layer = method == MapMethod.LAYERCAM;
      List<ExplainerSpec> targets = new ArrayList<>();
      for (Model target : model.byTarget()) {
        targets.add(setting.spec(target, method));
      }
      for (int i = 0; i < targets.size() && !layer; i++) {
        try (Explainer one = targets.get(i).open()) {
          Heatmap map = picture.explain(one, Optional.empty()).cam();
          assertMap(tensors, "f32.cam.target" + i, 0, map, 1e-2, layers.get(i));
        }
      }
      try (Explainer all = new AveragedTargets(targets).open()) {
        Heatmap map = picture.explain(all, Optional.empty()).cam();
        String average = "f32.average" + (layer ? ".layercam" : "");
        assertMap(tensors, average, 0, map, layer ? 1e-3 : 1e-2, name);
      }
    }
  }

  /**
   * Occlusion of the files as ONNX Runtime runs them, against the same in Python; and of the float
   * files in libtorch, whose logits are not those of a softmax's file.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "binary",
        "binary_sigmoid",
        "multilabel",
        "segmentation",
        "segmentation_s8",
        "yolo_v8",
        "yolo_v5",
        "ssd",
        "face_rfb_320"
      })
  @NeedsShared("tasks/yolo_v8.onnx")
  void occlusionAgrees(String name) throws Exception {
    JsonNode occlusion =
        Golden.json(TaskGoldenTest.class.getResourceAsStream("task_occlusion.json").readAllBytes());
    JsonNode golden = json("tasks/" + name + ".golden.json");
    Setting setting = Setting.of(golden);
    Model model = setting.model("f32", "tasks/" + name + ".onnx");
    Picture picture =
        Picture.of(
            golden.get("pictures").get(0), setting.preprocessing(), model.info().objective());
    Optional<Answer> reference = Optional.empty();
    for (String file : List.of(name + ".onnx", name + "_qdq.onnx")) {
      Model deployed = setting.model("d", "tasks/" + file).withEngine(Engine.ONNX_RUNTIME);
      assertEquals(model.info().preprocessing(), deployed.info().preprocessing());
      OrtPrecision spec =
          new OrtPrecision(
              "d", deployed, MapMethod.OCCLUSION, setting.preprocessing(), "", "f32", 0, 1);
      JsonNode expected = occlusion.get(file);
      float[] map = floats(expected.get("map"));
      try (Explainer explainer = spec.open()) {
        Explanation e = picture.explain(explainer, reference);
        Answered answered = e.answer().orElseThrow();
        if (reference.isEmpty()) {
          reference = Optional.of(answered.answer());
          picture.check(answered.answer(), golden.at("/pictures/0/f32"), file);
        }
        double score = score(e, reference.get());
        boolean real = file.equals(name + ".onnx");
        double close = real ? 1e-4 : 0.05;
        assertEquals(expected.get("score").asDouble(), score, close * (1 + Math.abs(score)), file);
        if (real) {
          assertEquals(0, Golden.error(e.cam().values(), map, Golden.largest(map)), 1e-3, file);
        } else {
          double cc = Golden.correlation(e.cam().values(), map);
          assertTrue(cc >= 0.995, file + ": " + cc);
        }
      }
    }
    float[] map = floats(occlusion.get(name + ".onnx").get("map"));
    ProgramKey key = new ProgramKey(model, Quantization.NONE, MapMethod.OCCLUSION);
    ForwardPrecision torch =
        new ForwardPrecision(
            "m", key, setting.preprocessing(), model.info().objective(), "f32", 0, 4, 1);
    try (Explainer explainer = torch.open()) {
      Explanation e = picture.explain(explainer, Optional.empty());
      picture.check(e.answer().orElseThrow().answer(), golden.at("/pictures/0/f32"), name);
      boolean softmax = name.equals("ssd") || name.equals("face_rfb_320");
      double cc = Golden.correlation(e.cam().values(), map);
      assertTrue(cc >= (softmax ? 0.8 : 0.9999), name + ": " + cc);
    }
  }

  /** One picture of this network is in the repository. */
  @Test
  void aBinaryClassifierAgrees() throws Exception {
    agreesWithReference("binary", 1e-3, 0.99);
  }

  /** Scores that share their quantization with boxes in pixels. */
  @Test
  @NeedsShared("tasks/yolo_v8_qdq_naive.onnx")
  void scoresThatAreTooCoarseAreNamed() throws IOException {
    List<String> notices =
        Model.onnx("naive", Shared.file("tasks/yolo_v8_qdq_naive.onnx")).notices();
    assertTrue(
        notices.stream().anyMatch(n -> n.startsWith("output0 is quantized with scale")),
        notices.toString());
    assertEquals(List.of(), Model.onnx("m", Shared.file("tasks/yolo_v8_qdq.onnx")).notices());
  }

  private static float[] floats(JsonNode numbers) {
    float[] all = new float[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) numbers.get(i).asDouble();
    }
    return all;
  }

  private static double score(Explanation e, Answer answer) {
    Objective objective = e.answer().orElseThrow().objective();
    float[] weights = objective.weights(e.logits().length, answer).orElseThrow();
    double s = 0;
    for (int i = 0; i < weights.length; i++) {
      s += (double) weights[i] * e.logits()[i];
    }
    return s;
  }

  private static void checkScore(double expected, Explanation e, Answer answer, String what) {
    assertEquals(expected, score(e, answer), 1e-4 * Math.abs(expected), what);
  }

  private static void checkAgreement(JsonNode expected, Agreement found, String what) {
    assertEquals(expected.get("FLIP").asInt() == 0, found.same().orElseThrow(), what);
    for (String measure : List.of("LABELS", "MIOU", "DETECTIONS")) {
      if (expected.has(measure)) {
        // One pixel of a class map may fall on the other side of a quantization step.
        double tolerance = measure.equals("MIOU") ? 5e-3 : 1e-12;
        assertEquals(
            expected.get(measure).asDouble(), found.values().get(measure), tolerance, what);
      }
    }
  }

  private static void assertMap(
      RawTensors tensors, String tensor, int row, Heatmap found, double tolerance, String what) {
    Heatmap expected = row(tensors, tensor, row);
    assertEquals(expected.height(), found.height(), what);
    assertEquals(expected.width(), found.width(), what);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < found.values().length; i++) {
      largest = Math.max(largest, Math.abs(expected.values()[i]));
      difference = Math.max(difference, Math.abs(expected.values()[i] - found.values()[i]));
    }
    assertTrue(difference <= tolerance * largest, what + ": " + difference / largest);
  }

  private static Heatmap row(RawTensors tensors, String name, int row) {
    int[] shape = tensors.shape(name);
    int size = shape[1] * shape[2];
    float[] all = tensors.floats(name);
    float[] own = new float[size];
    System.arraycopy(all, row * size, own, 0, size);
    return new Heatmap(shape[1], shape[2], own);
  }

  private static JsonNode json(String file) throws IOException {
    return Golden.json(Files.readAllBytes(Shared.file(file)));
  }

  /** How a network is run. */
  private record Setting(Preprocessing preprocessing, InputDescription input) {
    static Setting of(JsonNode golden) {
      int h = golden.get("H").asInt();
      int w = golden.get("W").asInt();
      String crop = h == w ? "" + h : h + "x" + w;
      String pre = golden.get("pre").asText();
      Framing framing =
          pre.equals("crop")
              ? Preprocessing.parse("crop=" + crop).framing()
              : Framing.parse(pre, crop);
      Preprocessing preprocessing =
          new Preprocessing(
              framing,
              Interpolation.BILINEAR,
              new Normalization(numbers(golden.at("/norm/mean")), numbers(golden.at("/norm/std"))));
      assertEquals(preprocessing, Preprocessing.parse(preprocessing.toString()));
      InputDescription input = InputDescription.DEFAULT.with(preprocessing);
      boolean boxes = golden.path("layout").asText().equals("boxes");
      return new Setting(
          preprocessing,
          boxes ? input.with(TaskDescription.parse("detection,boxes=fractions")) : input);
    }

    private static List<Double> numbers(JsonNode array) {
      List<Double> all = new ArrayList<>();
      array.forEach(n -> all.add(n.asDouble()));
      return all;
    }

    Model model(String id, String file) {
      return Model.onnx(id, Shared.file(file), input);
    }

    Explainer open(Model model, MapMethod method) throws IOException {
      return spec(model, method).open();
    }

    ExplainerSpec spec(Model model, MapMethod method) throws IOException {
      ProgramKey key = new ProgramKey(model, Quantization.NONE, method);
      return new TaskPrecision(
          "m", key, preprocessing, model.info().objective(), "f32", "f32", 1, 1);
    }
  }

  /** A picture, and what the network sees of it. */
  private record Picture(
      String name, RgbImage seen, ImageSize size, Grid grid, Objective objective) {
    static Picture of(JsonNode expected, Preprocessing preprocessing, Objective objective)
        throws Exception {
      String name = expected.get("picture").asText();
      Path file =
          Shared.file(name.contains(".") ? "photos/" + name : "tasks/inputs/" + name + ".png");
      RgbImage whole = ImageDecoder.decode(Files.readAllBytes(file));
      RgbImage seen = preprocessing.apply(whole);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(seen.pixels());
      assertEquals(expected.get("seen_sha256").asText(), HexFormat.of().formatHex(digest), name);
      ImageSize size = new ImageSize(whole.width(), whole.height());
      Grid grid = Grid.of(preprocessing.framing(), Optional.of(size));
      Rectangle at = grid.picture();
      assertArrayEquals(
          ints(expected.get("rectangle")),
          new int[] {at.top(), at.left(), at.height(), at.width()},
          name);
      assertArrayEquals(ints(expected.get("grid")), new int[] {grid.height(), grid.width()}, name);
      Rectangle cells = grid.cells();
      assertArrayEquals(
          ints(expected.get("grid_rectangle")),
          new int[] {
            cells.top(), cells.top() + cells.height(), cells.left(), cells.left() + cells.width()
          },
          name);
      return new Picture(name, seen, size, grid, objective);
    }

    private static int[] ints(JsonNode array) {
      int[] all = new int[array.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = array.get(i).asInt();
      }
      return all;
    }

    Explanation explain(Explainer explainer, Optional<Answer> reference) {
      return explainer
          .explain(
              List.of(
                  new Explainer.Input(
                      name, seen, OptionalInt.empty(), reference, Optional.of(size))))
          .get(0)
          .get(0);
    }

    void check(Answer answer, JsonNode expected, String what) throws IOException {
      JsonNode label = expected.get("label");
      if (answer instanceof Binary.YesOrNo yesOrNo) {
        assertEquals(expected.get("positive").asBoolean(), yesOrNo.positive(), what);
        Truth truth =
            new Labels(new TreeSet<>(label.get("label").asBoolean() ? List.of(1) : List.of()));
        Agreement agreement = objective.agreement(answer, truth, grid);
        assertEquals(label.get("TOP1").asInt() == 1, agreement.same().orElseThrow(), what);
      } else if (answer instanceof MultiLabel.LabelSet set) {
        assertArrayEquals(
            ints(expected.get("set")), set.labels().stream().mapToInt(i -> i).toArray(), what);
        assertEquals(expected.get("best").asInt(), set.mainClass(), what);
        TreeSet<Integer> classes = new TreeSet<>();
        label.get("label").forEach(c -> classes.add(c.asInt()));
        checkLabel(answer, new Labels(classes), label, "LABELS", what);
      } else if (answer instanceof ClassMap map) {
        assertEquals(expected.get("dominant").asInt(), map.mainClass(), what);
        int[] pixels = ints(expected.get("pixels"));
        for (int c = 0; c < pixels.length; c++) {
          assertEquals(pixels[c], map.count(c), what);
        }
        RgbImage mask =
            ImageDecoder.decode(
                Files.readAllBytes(Shared.file("tasks/inputs/" + name + ".mask.png")));
        byte[] classes = new byte[mask.height() * mask.width()];
        for (int i = 0; i < classes.length; i++) {
          classes[i] = mask.pixels()[3 * i];
        }
        checkLabel(
            answer, new LabelImage(mask.height(), mask.width(), classes), label, "MIOU", what);
      } else if (answer instanceof Detections detections) {
        JsonNode boxes = expected.get("detections");
        assertEquals(boxes.size(), detections.boxes().size(), what);
        for (int i = 0; i < boxes.size(); i++) {
          Box box = detections.boxes().get(i);
          assertEquals(boxes.get(i).get("anchor").asInt(), box.anchor(), what);
          assertEquals(boxes.get(i).get("class").asInt(), box.classIndex(), what);
          assertEquals(boxes.get(i).get("score").asDouble(), box.score(), 1e-4, what);
          double[] corners = {box.left(), box.top(), box.right(), box.bottom()};
          for (int k = 0; k < 4; k++) {
            assertEquals(boxes.get(i).get("box").get(k).asDouble(), corners[k], 1e-2, what);
          }
        }
        if (!label.isNull()) {
          JsonNode known = json("tasks/inputs/" + name + ".boxes.json");
          double w = known.get("width").asDouble();
          double h = known.get("height").asDouble();
          List<Box> truth = new ArrayList<>();
          for (JsonNode b : known.get("boxes")) {
            int[] at = ints(b.get("box"));
            truth.add(
                new Box(0, b.get("class").asInt(), 1, at[0] / w, at[1] / h, at[2] / w, at[3] / h));
          }
          checkLabel(answer, new LabelBoxes(truth), label, "DETECTIONS", what);
        }
      }
    }

    private void checkLabel(
        Answer answer, Truth truth, JsonNode expected, String measure, String what) {
      Agreement agreement = objective.agreement(answer, truth, grid);
      assertEquals(expected.get(measure).asDouble(), agreement.values().get(measure), 1e-12, what);
    }

    private ScaledMap scaled(Heatmap map) {
      return ScaledMap.of(MapPart.whole(map), grid, new GridMemory());
    }

    double compare(Heatmap map, Heatmap reference) {
      return StandardMeasure.CC
          .compute(MeasureInput.of(scaled(map), scaled(reference)))
          .orElseThrow();
    }

    void checkMeasures(JsonNode expected, Heatmap map, Heatmap reference, String what) {
      MeasureInput input = MeasureInput.of(scaled(map), scaled(reference));
      for (String measure : List.of("SIM", "CC", "KLD", "SSIM", "RANK", "TOPK")) {
        assertEquals(
            expected.get(measure).asDouble(),
            MeasureCatalog.of(measure).compute(input).orElseThrow(),
            1e-9,
            what + " " + measure);
      }
    }
  }
}
