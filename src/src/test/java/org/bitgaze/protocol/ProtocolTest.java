package org.bitgaze.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.bitgaze.model.Model;
import org.junit.jupiter.api.Test;

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
          assertEquals(changed, Protocol.parse(changed.toString()));
          assertEquals(changed, Protocol.parse(known.id() + "," + step.id() + "=" + value));
        }
      }
    }
  }

  @Test
  void unknownPartsAreRefused() {
    for (String text : new String[] {"", "papers", "paper,dropout", "dropout=maybe", "bits=7"}) {
      assertThrows(IllegalArgumentException.class, () -> Protocol.parse(text), text);
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Protocol.parse("dropout=of"));
    assertTrue(e.getMessage().contains("off"), e.getMessage());
  }

  @Test
  void modelsAreRunAsTheProtocolSays() {
    Model model = Model.zoo("resnet50");
    Model paper = KnownProtocol.PAPER.protocol().applyTo(model);
    assertNotEquals(model, paper);
    assertEquals("layer4.2", model.targetLayer());
    assertEquals("layer4.2.conv3", paper.targetLayer());
    assertEquals("layer4.1", paper.withTargetLayer("layer4.1").targetLayer());
    assertEquals(model, KnownProtocol.DEPLOYMENT.protocol().applyTo(paper));
  }
}
