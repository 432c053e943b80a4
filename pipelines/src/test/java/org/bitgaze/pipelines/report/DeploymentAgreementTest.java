package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.ort.FirstDifference;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.junit.jupiter.api.Test;

class DeploymentAgreementTest {
  private static SummaryLine line(String precision, String reference, String measure, Double mean) {
    return new SummaryLine(
        "m", precision, reference, measure, 125, mean, null, null, null, null, null, null, null,
        null, 0);
  }

  private static List<String> sentences(SummaryLine... lines) {
    return sentences(false, lines);
  }

  private static List<String> sentences(boolean sought, SummaryLine... lines) {
    Summary summary =
        new Summary(Map.of("m", "M"), List.of("f32", "int8"), "minmax", List.of(lines));
    FirstDifference found =
        new FirstDifference(
            9, 4, 2, Optional.of(new FirstDifference.Difference("/c", "Conv", 81, .25)));
    LocatedDifferences located =
        new LocatedDifferences(Map.of("m", sought ? Map.of("int8", found) : Map.of()));
    return DeploymentAgreement.of(summary, located).stream()
        .map(DeploymentAgreement::sentence)
        .toList();
  }

  @Test
  void agreementIsSaidInOneSentence() {
    assertEquals(
        List.of(
            "The simulation of int8 agrees with the deployed file: the answers are the same in"
                + " 99.2 % of 125 images, and their maps correlate at 0.998."),
        sentences(
            line("int8", "deployed", "FLIP", .008),
            line("int8", "deployed", "CC", .998),
            line("int8", "f32", "FLIP", .5),
            line("int8", "f32", "CC", .1)));
  }

  /** One box of many makes another set of boxes. */
  @Test
  void aTasksOwnMeasureDecides() {
    assertEquals(
        List.of(
            "The simulation of int8 agrees with the deployed file: the answers are the same in"
                + " 80.0 % of 125 images, DETECTIONS is 0.970, and their maps correlate at 0.998."),
        sentences(
            line("int8", "deployed", "FLIP", .2),
            line("int8", "deployed", "DETECTIONS", .97),
            line("int8", "deployed", "CC", .998)));
    String sentence =
        sentences(
                line("int8", "deployed", "FLIP", .2),
                line("int8", "deployed", "DETECTIONS", .9),
                line("int8", "deployed", "CC", .998))
            .get(0);
    assertEquals(true, sentence.contains("does not agree with"), sentence);
  }

  @Test
  void logitsAndTheFirstNodeThatDiffersAreNamed() {
    assertEquals(
        List.of(
            "The simulation of int8 does not agree with the deployed file: the answers are the same"
                + " in 88.0 % of 125 images, the logits' signal-to-noise ratio is 9.3 dB, and their"
                + " maps correlate at 0.998; they differ first at node /c (Conv), by up to 81 steps, and by more"
                + " than 2 steps in 25.0 % of its elements on 4 images."),
        sentences(
            true,
            line("int8", "deployed", "FLIP", .12),
            line("int8", "deployed", "SQNR_DEPLOYED", 9.25),
            line("int8", "deployed", "CC", .998)));
  }

  @Test
  void otherAnswersOrMapsAreNoAgreement() {
    for (List<Double> found : List.of(List.of(.12, .999), List.of(.0, .9))) {
      String sentence =
          sentences(
                  line("int8", "deployed", "FLIP", found.get(0)),
                  line("int8", "deployed", "CC", found.get(1)))
              .get(0);
      assertEquals(true, sentence.contains("does not agree with"), sentence);
    }
    assertEquals(
        List.of(
            "The simulation of int8 does not agree with the deployed file: the answers are the same"
                + " in 100.0 % of 125 images, and no image has two maps to compare."),
        sentences(line("int8", "deployed", "FLIP", .0), line("int8", "deployed", "CC", null)));
    assertEquals(List.of(), sentences(line("int8", "f32", "FLIP", .0)));
  }
}
