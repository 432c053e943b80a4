package org.bitgaze.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  private static final List<String> NAMES =
      List.of("vgg16", "resnet50", "mobilenet_v2", "SIM", "SSIM", "spectral-residual", "centre");

  @ParameterizedTest
  @CsvSource({
    "resnet5, resnet50",
    "rsenet50, resnet50",
    "ResNet50, resnet50",
    "mobilenet, mobilenet_v2",
    "SSMI, SSIM",
    "sim, SIM",
    "center, centre",
    "spectral_residual, spectral-residual"
  })
  void slipsAreUnderstood(String wrong, String meant) {
    assertEquals(Optional.of(meant), Suggestion.nearest(wrong, NAMES));
  }

  @ParameterizedTest
  @CsvSource({"alexnet", "inception", "PSNR", "x", "''"})
  void otherWordsAreNotGuessedAt(String wrong) {
    assertEquals(Optional.empty(), Suggestion.nearest(wrong, NAMES));
    assertEquals("", Suggestion.question(wrong, NAMES));
    assertEquals(Optional.empty(), Suggestion.nearest("resnet50", List.of()));
  }

  @Test
  void anErrorNamesTheNearestAndListsAll() {
    String all =
        String.join(", ", Arrays.stream(Architecture.values()).map(Architecture::id).toList());
    assertEquals(
        "unknown network 'resnet5'; did you mean resnet50? known: " + all,
        assertThrows(IllegalArgumentException.class, () -> Architecture.of("resnet5"))
            .getMessage());
    assertEquals(
        "unknown network 'inception'; known: " + all,
        assertThrows(IllegalArgumentException.class, () -> Architecture.of("inception"))
            .getMessage());
  }
}
