package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Integer arithmetic against its simulation on 100 photographs. The two are implementations of one
 * network: they differ where kernels round biases to the steps of sums, and sums by a multiplier,
 * so that a value on the edge of two steps falls the other way and later layers carry that on. Held
 * are the share of photographs of the same class, at least 98 %, and the maps' mean correlation,
 * above 0.998. With 6 bits a step is four times as large, and so is what follows from one: above
 * 0.99.
 */
class IntegerPhotographsTest {

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v2, int8",
    "mobilenet_v2, int8-per-channel",
    "squeezenet1_1, int8",
    "squeezenet1_1, int8-per-channel",
    "squeezenet1_1, int6",
  })
  @NeedsShared("photos/labels.csv")
  void agreesWithItsSimulation(String network, String precision) throws IOException {
    if (Precision.of(precision).bits() == 8) {
      Bytes8.assumeExact();
    }
    Model model =
        Model.zoo(network).withWeights(Shared.file("weights/" + network + ".safetensors"));
    List<RgbImage> images = photographs(model);
    Quantization quantization =
        new Quantization.Static(Precision.of(precision), ranges(model, images));
    int same = 0;
    double sum = 0;
    double least = 1;
    MapMethod cam = MapMethod.GRADCAM_PLUS_PLUS;
    try (var simulated = CamProgram.lease(new ProgramKey(model, quantization, cam));
        var integer =
            CamProgram.lease(new ProgramKey(model, quantization, cam, Arithmetic.INTEGER))) {
      for (RgbImage image : images) {
        Explanation expected =
            simulated.program().run(List.of(image), new int[] {CamProgram.OWN_CLASS}).get(0);
        Explanation found =
            integer.program().run(List.of(image), new int[] {expected.explained()}).get(0);
        same += expected.topClass() == found.topClass() ? 1 : 0;
        double cc =
            StandardMeasure.CC
                .compute(MeasureInput.of(ScaledMap.of(found.cam()), ScaledMap.of(expected.cam())))
                .orElseThrow();
        sum += cc;
        least = Math.min(least, cc);
      }
    }
    double mean = sum / images.size();
    String what = "%s %s: %d of %d the same class, CC %.5f on average, %.5f at least";
    String found = what.formatted(network, precision, same, images.size(), mean, least);
    System.out.println(found);
    assertTrue(same >= 0.98 * images.size(), found);
    assertTrue(mean > (precision.equals("int6") ? 0.99 : 0.998), found);
  }

  private static List<RgbImage> photographs(Model model) throws IOException {
    List<RgbImage> images = new ArrayList<>();
    try (var files = Files.list(Shared.file("photos"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".JPEG")).sorted().toList()) {
        images.add(model.preprocessing().apply(ImageDecoder.decode(Files.readAllBytes(file))));
      }
    }
    return images;
  }

  private static Ranges ranges(Model model, List<RgbImage> images) throws IOException {
    Observations seen = new Observations();
    try (var lease = ObserverProgram.lease(model)) {
      for (int i = 0; i < images.size(); i += 3) {
        lease.program().run(List.of(images.get(i))).forEach(seen::add);
      }
    }
    return seen.ranges(RangeMode.MINMAX);
  }
}
