package org.bitgaze.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.bitgaze.explain.Explanation;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.RandomKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The paper's protocol from files to numbers, on 100 photographs. A single int8 map may differ from
 * the reference's (see PaperProtocolTest), so it is the means that are held: correlation with f32
 * within two standard errors, the share of vanished maps within five points.
 */
@Tag("long")
class PaperPhotographsTest {
  private static final Protocol PAPER = KnownProtocol.PAPER.protocol();

  /** What the reference or the program says of one photograph at one precision. */
  private record Found(boolean vanished, OptionalDouble cc) {}

  @ParameterizedTest
  @ValueSource(strings = {"squeezenet1_1", "mobilenet_v2"})
  @NeedsShared("photos/labels.csv")
  void meansAreTheReferences(String network) throws IOException {
    Path weights = Shared.file("paper/weights/" + network + ".safetensors");
    Model model = PAPER.applyTo(Model.zoo(network).withWeights(weights));
    Map<String, List<Found>> expected = expected(network);
    List<String> keys = new ArrayList<>();
    List<RgbImage> images = photographs(model.preprocessing(), keys);
    assertEquals(100, images.size());
    Observations seen = new Observations();
    try (var lease = ObserverProgram.lease(model)) {
      for (int i = 0; i < images.size(); i++) {
        lease.program().run(List.of(images.get(i)), List.of(keys.get(i))).forEach(seen::add);
      }
    }
    Ranges ranges = seen.ranges(PAPER.ranges().mode());
    List<ScaledMap> reference = new ArrayList<>();
    for (String name : List.of("f32", "f32b", "int16", "int8")) {
      Precision precision = Precision.of(name);
      Quantization quantization =
          precision.isFloat() ? Quantization.NONE : new Quantization.Static(precision, ranges);
      List<Found> found = new ArrayList<>();
      try (var lease = CamProgram.lease(new ProgramKey(model, quantization, PAPER.cam()))) {
        for (int i = 0; i < images.size(); i++) {
          Explanation e =
              lease
                  .program()
                  .run(
                      List.of(images.get(i)),
                      new int[] {CamProgram.OWN_CLASS},
                      List.of(RandomKey.of(keys.get(i), precision)),
                      1)
                  .get(0);
          ScaledMap map = ScaledMap.of(e.cam());
          if (precision.equals(Precision.F32)) {
            reference.add(map);
          }
          assertEquals(e.status().isVanished(), e.clipped(), keys.get(i));
          OptionalDouble cc =
              e.status().isVanished()
                  ? OptionalDouble.empty()
                  : StandardMeasure.CC.compute(MeasureInput.of(map, reference.get(i)));
          found.add(new Found(e.status().isVanished(), cc));
        }
      }
      compare(network + " " + name, expected.get(name), found);
    }
  }

  private static void compare(String what, List<Found> expected, List<Found> found) {
    double[] ours = summary(found);
    double[] theirs = summary(expected);
    assertEquals(theirs[0], ours[0], 2 * theirs[1] + 1e-6, what + " CC");
    assertTrue(Math.abs(theirs[2] - ours[2]) <= 0.05, what + " vanished " + ours[2]);
  }

  /** Mean CC, its standard error, share of vanished maps. */
  private static double[] summary(List<Found> all) {
    double[] cc = all.stream().flatMapToDouble(f -> f.cc().stream()).toArray();
    double mean = Arrays.stream(cc).average().orElseThrow();
    double squares = Arrays.stream(cc).map(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / (cc.length - 1) / cc.length);
    double vanished = all.stream().filter(Found::vanished).count() / (double) all.size();
    return new double[] {mean, error, vanished};
  }

  private static List<RgbImage> photographs(Preprocessing preprocessing, List<String> keys)
      throws IOException {
    List<RgbImage> images = new ArrayList<>();
    try (var files = Files.list(Shared.file("photos"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".JPEG")).sorted().toList()) {
        keys.add(file.getFileName().toString());
        images.add(preprocessing.apply(ImageDecoder.decode(Files.readAllBytes(file))));
      }
    }
    return images;
  }

  private static Map<String, List<Found>> expected(String network) throws IOException {
    Map<String, List<Found>> all = new HashMap<>();
    Path csv = Shared.file("paper/paper.photos." + network + ".csv");
    for (String line : Files.readAllLines(csv)) {
      String[] cells = line.split(",", -1);
      if (!cells[0].equals("image")) {
        OptionalDouble cc =
            cells[5].isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Double.parseDouble(cells[5]));
        all.computeIfAbsent(cells[1], k -> new ArrayList<>())
            .add(new Found(cells[4].equals("1"), cc));
      }
    }
    return all;
  }
}
