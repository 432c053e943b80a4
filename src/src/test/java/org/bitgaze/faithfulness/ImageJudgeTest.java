package org.bitgaze.faithfulness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Classification;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.faithfulness.ImageJudge.Judgement;
import org.bitgaze.faithfulness.ImageJudge.Question;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.SinglePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Judging against an independent implementation (PyTorch, ONNX Runtime, SciPy). The property {@code
 * bitgaze.faithfulness.photographs} takes more than one photograph.
 */
class ImageJudgeTest {
  private static final String PHOTO = "n01496331_electric_ray.JPEG";
  private static final int PHOTOGRAPHS = Integer.getInteger("bitgaze.faithfulness.photographs", 1);

  /** The maps that are judged unless the property takes more photographs. */
  private static final Set<String> MAPS = Set.of("f32");

  /** The second network takes minutes: it is judged with more photographs only. */
  static List<String> networks() {
    return PHOTOGRAPHS > 1 ? List.of("squeezenet1_1", "mobilenet_v2") : List.of("squeezenet1_1");
  }

  /** A network of two classes: the logit of class 0 is the sum of the inputs, class 1's is 0. */
  private static final UnaryOperator<List<float[]>> SUM =
      inputs ->
          inputs.stream()
              .map(
                  input -> {
                    double sum = IntStream.range(0, input.length).mapToDouble(i -> input[i]).sum();
                    return new float[] {(float) sum, 0};
                  })
              .toList();

  private static NetworkInput electricRay() throws IOException {
    RgbImage crop = Golden.images("crops.safetensors", "crops").get(0);
    return NetworkInput.of(crop, Normalization.IMAGENET);
  }

  private static JsonNode json(String network) throws IOException {
    return Golden.json(Files.readAllBytes(Shared.file("faithfulness/" + network + ".json")));
  }

  private static RawTensors tensors(String network) throws IOException {
    return RawTensors.of(Shared.file("faithfulness/" + network + ".safetensors"));
  }

  private static Heatmap map(RawTensors tensors, String name) {
    int[] shape = tensors.shape(name);
    return new Heatmap(shape[0], shape[1], tensors.floats(name));
  }

  private static Question ofClass(PixelOrder order, int index) {
    return new Question(
        order, new Answered(Objective.CLASSIFICATION, new Classification.ClassAnswer(index, 1)));
  }

  private static PixelOrder order(Heatmap map) {
    return PixelOrder.of(map, 224, 224).orElseThrow();
  }

  /** Every fourth row and column, as the goldens have it. */
  private static float[] sampled(float[] input) {
    float[] some = new float[3 * 56 * 56];
    for (int i = 0; i < some.length; i++) {
      int channel = i / (56 * 56);
      int y = i / 56 % 56;
      some[i] = input[channel * 224 * 224 + 4 * y * 224 + 4 * (i % 56)];
    }
    return some;
  }

  @Test
  void equalPixelsKeepTheirOrder() {
    Heatmap plateau = new Heatmap(2, 3, new float[] {1, 5, 5, 0, 1, 5});
    PixelOrder order = PixelOrder.of(plateau, 2, 3).orElseThrow();
    assertArrayEquals(
        new int[] {1, 2, 5, 0, 4, 3}, IntStream.range(0, 6).map(order::pixel).toArray());
    assertTrue(PixelOrder.of(new Heatmap(2, 2, new float[4]), 2, 2).isEmpty());
    PixelOrder centre = PixelOrder.ofCentre(3, 3);
    assertArrayEquals(
        new int[] {4, 1, 3, 5, 7, 0, 2, 6, 8}, IntStream.range(0, 9).map(centre::pixel).toArray());
  }

  @Test
  void blursAsScipy() throws IOException {
    float[] found = sampled(Blur.of(electricRay()).values());
    float[] expected = tensors("squeezenet1_1").floats("blur.0");
    assertTrue(Golden.error(found, expected, 1) < 1e-6, "" + Golden.error(found, expected, 1));
  }

  /** The solver's residual of 1e-6 leaves up to 4.4e-5. */
  @Test
  void imputesAsScipy() throws IOException {
    RawTensors tensors = tensors("squeezenet1_1");
    PixelOrder order = order(map(tensors, PHOTO + ".f32.r"));
    float[] found = sampled(Road.without(electricRay(), order, 80, true, PHOTO));
    float[] expected = tensors.floats("road.0.80");
    assertTrue(Golden.error(found, expected, 1) < 1e-4, "" + Golden.error(found, expected, 1));
  }

  @Test
  void scoresAreAreas() throws IOException {
    for (JsonNode cell : json("squeezenet1_1").get(0).get("cells")) {
      double insertion = new Curve(numbers(cell.get("insertion"))).area();
      assertEquals(cell.get("INSERTION").asDouble(), insertion, 1e-8);
      if (cell.has("ROAD")) {
        double[] both =
            IntStream.range(0, 8)
                .mapToDouble(i -> cell.get(i < 4 ? "morf" : "lerf").get(i % 4).asDouble())
                .toArray();
        assertEquals(cell.get("ROAD").asDouble(), Road.score(both), 1e-8);
      }
    }
  }

  /** All states of a small image, in batches that do not fit them. */
  @Test
  void asksForEveryState() {
    float[] ones = new float[3 * 7 * 8];
    Arrays.fill(ones, 1 / 168f);
    NetworkInput input = new NetworkInput(7, 8, ones);
    ImageJudge judge = new ImageJudge(input, "key", MeasureCatalog.ofFaithfulness());
    List<Integer> calls = new ArrayList<>();
    UnaryOperator<List<float[]>> network =
        inputs -> {
          calls.add(inputs.size());
          return SUM.apply(inputs);
        };
    PixelOrder order = PixelOrder.ofCentre(7, 8);
    List<Judgement> answers =
        judge.judge(network, 4, List.of(ofClass(order, 0), ofClass(order, 1)));
    assertEquals(
        ImageJudge.passes(2, MeasureCatalog.ofFaithfulness()),
        calls.stream().mapToInt(Integer::intValue).sum());
    assertTrue(calls.subList(0, calls.size() - 1).stream().allMatch(size -> size == 4));
    double[] deletion = answers.get(0).deletion().orElseThrow().probabilities();
    assertEquals(29, deletion.length);
    for (int t = 0; t <= 28; t++) {
      // Of 56 pixels, 2 are removed in each step.
      double probability = 1 / (1 + Math.exp(-(28 - t) / 28.0));
      assertEquals(probability, deletion[t], 1e-6);
      double other = answers.get(1).deletion().orElseThrow().probabilities()[t];
      assertEquals(1 - probability, other, 1e-6);
    }
    // A constant image is its own blur, and what was removed is filled with the same constant.
    for (double p : answers.get(0).insertion().orElseThrow().probabilities()) {
      assertEquals(1 / (1 + Math.exp(-1)), p, 1e-6);
    }
    Faithfulness scores = answers.get(0).scores();
    // But for the noise, which is as large as the values themselves here.
    assertEquals(0, scores.road().getAsDouble(), 0.1);
    assertEquals(1 / (1 + Math.exp(-1)), scores.confidence().getAsDouble(), 1e-6);
  }

  @Test
  void onlyWhatIsWantedIsAsked() {
    Set<StandardMeasure> deletion = Set.of(StandardMeasure.DELETION);
    NetworkInput input = new NetworkInput(2, 2, new float[12]);
    ImageJudge judge = new ImageJudge(input, "key", deletion);
    Question question = ofClass(PixelOrder.ofCentre(2, 2), 0);
    Judgement answer = judge.judge(SUM, 3, List.of(question)).get(0);
    assertTrue(answer.insertion().isEmpty() && answer.road().isEmpty());
    assertEquals(0.5, answer.scores().deletion().getAsDouble(), 1e-12);
    assertEquals(2 + 27, ImageJudge.passes(1, deletion));
  }

  /**
   * Given the maps, f32's curves agree to 1e-4. Quantized networks may round a value to the
   * neighbouring step: at int8, SqueezeNet's curves agree to 0.02 and areas to 0.005, those of
   * MobileNetV2, which has more steps one after the other, to 0.1 and 0.01. At int4, where one step
   * moves much, nine of ten maps agree.
   */
  @ParameterizedTest
  @MethodSource("networks")
  @NeedsShared("photos/labels.csv")
  void judgesAsOthersDo(String network) throws IOException {
    RawTensors tensors = tensors(network);
    JsonNode ranges =
        Golden.json(Files.readAllBytes(Shared.file("golden/" + network + ".pretrained.json")));
    Model model =
        Model.zoo(network).withWeights(Shared.file("weights/" + network + ".safetensors"));
    for (String precision : List.of("f32", "int8", "int4")) {
      ProgramKey key =
          new ProgramKey(
              model, Golden.quantization(precision, ranges), MapMethod.GRADCAM_PLUS_PLUS);
      SinglePrecision spec =
          new SinglePrecision(network, key, Preprocessing.IMAGENET, precision, precision, 4, 1);
      List<Boolean> agree = new ArrayList<>();
      try (Explainer explainer = spec.open()) {
        int photographs = 0;
        for (JsonNode golden : json(network)) {
          if (photographs++ < PHOTOGRAPHS) {
            agree.addAll(
                check(golden, precision, explainer, tensors, network.startsWith("mobile")));
          }
        }
      }
      long agreeing = agree.stream().filter(a -> a).count();
      String found = network + " " + precision + ": " + agreeing + " of " + agree.size();
      double least = precision.equals("int4") ? 0.9 : 1;
      assertTrue(agreeing >= Math.floor(least * agree.size()) && agreeing > 0, found);
    }
  }

  private List<Boolean> check(
      JsonNode golden, String precision, Explainer explainer, RawTensors tensors, boolean deep)
      throws IOException {
    String photo = golden.get("photo").asText();
    RgbImage image = ImageDecoder.decode(Files.readAllBytes(Shared.file("photos/" + photo)));
    NetworkInput input =
        NetworkInput.of(Preprocessing.IMAGENET.apply(image), Normalization.IMAGENET);
    ImageJudge judge = new ImageJudge(input, photo, MeasureCatalog.ofFaithfulness());
    List<JsonNode> cells = new ArrayList<>();
    List<Question> questions = new ArrayList<>();
    golden
        .get("cells")
        .fields()
        .forEachRemaining(
            cell -> {
              String name = cell.getKey();
              String map = name.substring(name.indexOf('-') + 1, name.lastIndexOf('.'));
              String kind = name.substring(name.lastIndexOf('.') + 1);
              boolean few = PHOTOGRAPHS > 1 || MAPS.contains(map);
              if (name.startsWith(precision + "<") && !map.equals("pixels") && few) {
                PixelOrder order =
                    switch (map) {
                      case "centre" -> PixelOrder.ofCentre(224, 224);
                      case "random" -> {
                        int[] shape = tensors.shape(photo + ".f32.r");
                        yield order(RandomMap.of(photo, shape[0], shape[1]));
                      }
                      default -> order(map(tensors, photo + "." + map + "." + kind));
                    };
                cells.add(cell.getValue());
                questions.add(ofClass(order, golden.get("class").get(kind).asInt()));
              }
            });
    List<Judgement> answers = judge.judge(explainer::outputs, 4, questions);
    boolean isFloat = precision.equals("f32");
    List<Boolean> agree = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      JsonNode cell = cells.get(i);
      Judgement answer = answers.get(i);
      double[] insertion = answer.insertion().orElseThrow().probabilities();
      double[] deletion = answer.deletion().orElseThrow().probabilities();
      Faithfulness scores = answer.scores();
      double points =
          Math.max(
              error(insertion, numbers(cell.get("insertion"))),
              error(deletion, numbers(cell.get("deletion"))));
      double areas =
          Math.max(
              Math.abs(scores.insertion().getAsDouble() - cell.get("INSERTION").asDouble()),
              Math.abs(scores.deletion().getAsDouble() - cell.get("DELETION").asDouble()));
      double point = isFloat ? 1e-4 : deep ? 0.1 : 0.02;
      double area = isFloat ? 1e-4 : deep ? 0.01 : 0.005;
      boolean agrees = points < point && areas < area;
      if (cell.has("ROAD")) {
        double road = Math.abs(scores.road().getAsDouble() - cell.get("ROAD").asDouble());
        agrees &= road < (isFloat ? 1e-3 : point);
      }
      agree.add(agrees);
    }
    return agree;
  }

  private static double error(double[] found, double[] expected) {
    assertEquals(expected.length, found.length);
    return IntStream.range(0, found.length)
        .mapToDouble(i -> Math.abs(found[i] - expected[i]))
        .max()
        .orElseThrow();
  }

  private static double[] numbers(JsonNode json) {
    return IntStream.range(0, json.size()).mapToDouble(i -> json.get(i).asDouble()).toArray();
  }
}
