package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Squash;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.junit.jupiter.api.Test;

class ExplainImagesTest {

  @Test
  void inputsOfAnyHeightAndWidthAreExplained() {
    Model model =
        Model.zoo("squeezenet1_0")
            .withWeights(new Weights.Scenes())
            .withPreprocessing(Preprocessing.IMAGENET.with(new Squash(64, 96)));
    ExplainImages gradients = ExplainImages.of(model);
    assertDoesNotThrow(gradients::checkModels);
    assertDoesNotThrow(gradients.withMethod(MapMethod.OCCLUSION)::checkModels);
  }

  @Test
  void theMethodDependsOnTheTargetUnlessItIsChosen() {
    ExplainImages tokens =
        ExplainImages.of(Model.zoo("vit_scenes").withWeights(new Weights.Scenes()));
    assertEquals(MapMethod.GRADCAM, tokens.getCam());
    assertEquals(MapMethod.LAYERCAM, tokens.withMethod(MapMethod.LAYERCAM).getCam());
    ExplainImages positions =
        ExplainImages.of(Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes()));
    assertEquals(MapMethod.GRADCAM_PLUS_PLUS, positions.getCam());
    // Their maps are averaged; the first decides.
    ExplainImages several =
        ExplainImages.of(
            Model.zoo("squeezenet1_0")
                .withWeights(new Weights.Scenes())
                .withTargetLayer("features.10,features.12"));
    assertEquals(MapMethod.GRADCAM_PLUS_PLUS, several.getCam());
  }
}
