package org.bitgaze.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.DropoutStreams;
import org.bitgaze.torch.RandomKey;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtocolTest {
  @Test
  void knownProtocolsAreWhatTheyAre() {
    assertEquals(
        "resize=crop,mode=eval,dropout=off,quantization-points=fused,reduce-range=off,"
            + "quantized-logits=off,ranges=minmax,target-layer=last,cam=gradcam++,target=reference",
        KnownProtocol.DEPLOYMENT.protocol().toString());
    assertEquals(
        "resize=squash,mode=train,dropout=on,quantization-points=unfused,reduce-range=on,"
            + "quantized-logits=on,ranges=averaged,target-layer=paper,cam=torchcam,target=own",
        KnownProtocol.PAPER.protocol().toString());
    assertTrue(KnownProtocol.PAPER.protocol().isRandom());
  }

  /** Every step, to every value, from either protocol: that step changes, and no other. */
  @Test
  void stepsChangeOneAtATime() {
    for (KnownProtocol known : KnownProtocol.values()) {
      for (Step step : Step.values()) {
        for (String value : step.choices()) {
          Protocol changed = known.protocol().with(step, value);
          assertEquals(value, step.get(changed));
          for (Step other : Step.values()) {
            if (other != step) {
              assertEquals(other.get(known.protocol()), other.get(changed), step + " " + other);
            }
          }
          boolean same = step.get(known.protocol()).equals(value);
          assertEquals(same ? Optional.of(known) : Optional.empty(), changed.known());
        }
      }
    }
  }

  /** Whatever is combined compiles, runs, and takes draws only where it drops. */
  @Test
  void everyStepOfThePaperRuns(@TempDir Path folder) throws IOException {
    everyStepRuns(List.of(KnownProtocol.PAPER), folder);
  }

  @Test
  @Tag("long")
  void everyStepRuns(@TempDir Path folder) throws IOException {
    everyStepRuns(List.of(KnownProtocol.values()), folder);
  }

  private static void everyStepRuns(List<KnownProtocol> protocols, Path folder) throws IOException {
    Graph graph = Architecture.MOBILENET_V2.graph(10);
    Path file = folder.resolve("program.pt");
    Set<Protocol> seen = new HashSet<>();
    for (KnownProtocol known : protocols) {
      for (Step step : Step.values()) {
        for (String value : step.choices()) {
          Protocol p = known.protocol().with(step, value);
          if (!seen.add(p)) {
            continue;
          }
          if (p.cam().need() != MapMethod.Need.GRADIENT) {
            // Other methods are no part of such a program, or need a network with attention.
            continue;
          }
          OpenModel model =
              new OpenModel(
                  new Network(graph, new FormulaWeights(graph)),
                  p.execution().resize().apply(Preprocessing.IMAGENET),
                  Architecture.MOBILENET_V2.targetLayer(p.execution().target()),
                  p.execution());
          Quantization int4 = new Quantization.Dynamic(Precision.of("int4"));
          DropoutStreams streams =
              CamProgram.compile(model, int4, p.cam(), Arithmetic.SIMULATED, file);
          assertEquals(p.isRandom() ? List.of("classifier.0") : List.of(), streams.layers());
          try (CamProgram program = new CamProgram(file, streams)) {
            RandomKey draw = RandomKey.of("a.png", Precision.of("int4"));
            Explanation e =
                program.run(List.of(TestImages.crop(1)), new int[] {-1}, List.of(draw), 1).get(0);
            assertEquals(Optional.empty(), e.problem(), p.toString());
            assertEquals(10, e.logits().length);
          }
        }
      }
    }
  }

  @Test
  void unknownValuesAreRefused() {
    Protocol paper = KnownProtocol.PAPER.protocol();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> paper.with(Step.DROPOUT, "of"));
    assertTrue(e.getMessage().contains("off"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> KnownProtocol.of("paper,dropout=off"));
  }

  /** A layer that is named is part of the protocol, which is then none of the known ones. */
  @Test
  void layersMayBeNamed() throws IOException {
    Protocol named = KnownProtocol.PAPER.protocol().with(Step.TARGET_LAYER, "layer4.1");
    assertEquals(Optional.empty(), named.known());
    assertTrue(named.title().contains("target-layer=layer4.1"), named.title());
    assertEquals("layer4.1", named.applyTo(Model.zoo("resnet50")).targetLayer());
    assertEquals(KnownProtocol.PAPER.protocol(), named.with(Step.TARGET_LAYER, "paper"));
  }

  @Test
  void modelsAreRunAsTheProtocolSays() throws IOException {
    Model model = Model.zoo("resnet50");
    Model paper = KnownProtocol.PAPER.protocol().applyTo(model);
    assertNotEquals(model, paper);
    assertEquals("layer4.2", model.targetLayer());
    assertEquals("layer4.2.conv3", paper.targetLayer());
    assertEquals("layer4.1", paper.withTargetLayer("layer4.1").targetLayer());
    assertEquals(model, KnownProtocol.DEPLOYMENT.protocol().applyTo(paper));
  }
}
