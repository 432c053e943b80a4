package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
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
    Summary summary =
        new Summary(Map.of("m", "M"), List.of("f32", "int8"), "minmax", List.of(lines));
    return DeploymentAgreement.of(summary).stream().map(DeploymentAgreement::sentence).toList();
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
