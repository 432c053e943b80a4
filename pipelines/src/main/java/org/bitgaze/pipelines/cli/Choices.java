package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.ListResourceBundle;
import java.util.stream.Collectors;
import org.bitgaze.choice.Named;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.layers.CostKind;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.zoo.Architecture;

/**
 * What may be chosen, as the lists in the code have it: names, by which a shell completes, and
 * texts with their descriptions, for help, where {@code ${bundle:choices.NAME}} stands for one.
 */
public final class Choices extends ListResourceBundle {
  /** Picocli and the resource bundle make one by name. */
  public Choices() {}

  @Override
  protected Object[][] getContents() {
    return new Object[][] {
      {"choices.saliency", Named.describe(SaliencyMethod.values())},
      {"choices.arithmetic", Named.describe(Arithmetic.values())},
      {"choices.gate", Gate.GRAMMAR},
      {"choices.trials", Named.describe(QuantizedPart.values())},
      {"choices.costs", Named.describe(CostKind.values())},
      {"choices.vanished", Named.describe(VanishedMaps.values())},
      {
        "choices.measures",
        ofMaps().stream()
            .map(
                m ->
                    m + (MeasureCatalog.defaults().contains(m) ? "*" : "") + ", " + m.description())
            .collect(Collectors.joining("; "))
      }
    };
  }

  private static Collection<Measure> ofMaps() {
    return MeasureCatalog.all().stream().filter(Measure::isOfMaps).toList();
  }

  /** The networks. */
  static final class Networks extends Names {
    private static final long serialVersionUID = 1L;

    Networks() {
      super(Architecture.values());
    }
  }

  /** The saliency methods. */
  static final class SaliencyMethods extends Names {
    private static final long serialVersionUID = 1L;

    SaliencyMethods() {
      super(SaliencyMethod.values());
    }
  }

  /** What may be done with maps that vanished. */
  static final class Vanished extends Names {
    private static final long serialVersionUID = 1L;

    Vanished() {
      super(VanishedMaps.values());
    }
  }

  /** What quantized networks compute with. */
  static final class Arithmetics extends Names {
    private static final long serialVersionUID = 1L;

    Arithmetics() {
      super(Arithmetic.values());
    }
  }

  /** What may be quantized of a layer. */
  static final class Trials extends Names {
    private static final long serialVersionUID = 1L;

    Trials() {
      super(QuantizedPart.values());
    }
  }

  /** What a mixed precision may save. */
  static final class Costs extends Names {
    private static final long serialVersionUID = 1L;

    Costs() {
      super(CostKind.values());
    }
  }

  /** The measures of maps. */
  static final class Measures extends Names {
    private static final long serialVersionUID = 1L;

    Measures() {
      super(ofMaps().toArray(Measure[]::new));
    }
  }

  /** Names as picocli takes them. */
  private abstract static class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Names(Named... choices) {
      super(Arrays.stream(choices).map(Named::id).toList());
    }
  }
}
