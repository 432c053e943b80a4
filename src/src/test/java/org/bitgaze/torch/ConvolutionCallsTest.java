package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Nets;
import org.bitgaze.torch.emit.ClassScore;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Test;

/** Where programs ask how to call convolutions. */
class ConvolutionCallsTest {
  private static final String CALL = "another_convolution";
  private static final ConvolutionCalls ANOTHER = call -> CALL + "(" + call.x() + ")";

  @Test
  void theHeadOfMapsIsPyTorchs() {
    CamText cam =
        new CamText(
            model(),
            Quantization.NONE,
            MapMethod.GRADCAM_PLUS_PLUS,
            Arithmetic.SIMULATED,
            new ClassScore(),
            ANOTHER);
    cam.write();
    List<String> lines = cam.text().lines();
    int head = lines.indexOf("torch.set_grad_enabled(True)");
    assertTrue(lines.subList(0, head).stream().anyMatch(line -> line.contains(CALL)));
    assertTrue(lines.subList(head, lines.size()).stream().anyMatch(l -> l.contains("conv2d")));
    assertTrue(lines.subList(head, lines.size()).stream().noneMatch(l -> l.contains(CALL)));
  }

  @Test
  void weightsThatAreChosenChangeNothing() {
    PrecisionAlternatives choices =
        new PrecisionAlternatives(List.of(new Quantization.Dynamic(Precision.of("int8"))));
    SweepText sweep = new SweepText(model(), choices, MapMethod.GRADCAM_PLUS_PLUS, ANOTHER);
    sweep.write(Normalization.IMAGENET);
    assertTrue(sweep.text().lines().stream().anyMatch(line -> line.contains(CALL)));
  }

  /** Whose head has convolutions. */
  private static OpenModel model() {
    Graph graph = Architecture.SQUEEZENET1_0.graph(10);
    return Nets.open(graph, new FormulaWeights(graph), "features.5");
  }
}
