package org.bitgaze.pipelines.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.ListResourceBundle;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.onnx.ClippedLogits;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.layers.CostKind;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.SceneTaskNetwork;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The values of options: how texts are converted, which names a shell completes, and their
 * descriptions for help texts, where {@code ${bundle:choices.NAME}} stands for a list.
 */
public final class OptionValues extends ListResourceBundle {
  /** Called by the resource bundle. */
  public OptionValues() {}

  @Override
  protected Object[][] getContents() {
    return new Object[][] {
      {"choices.saliency", Named.describe(SaliencyMethod.values())},
      {"choices.arithmetic", Named.describe(Arithmetic.values())},
      {"choices.engines", Named.describe(Engine.values())},
      {"choices.gate", Gate.GRAMMAR},
      {"choices.trials", Named.describe(QuantizedPart.values())},
      {"choices.costs", Named.describe(CostKind.values())},
      {"choices.vanished", Named.describe(VanishedMaps.values())},
      {"choices.clipped", Named.describe(ClippedLogits.values())},
      {
        "choices.measures",
        Arrays.stream(ofMaps())
            .map(
                m ->
                    m + (MeasureCatalog.defaults().contains(m) ? "*" : "") + ", " + m.description())
            .collect(Collectors.joining("; "))
      }
    };
  }

  private static Measure[] ofMaps() {
    return MeasureCatalog.all().stream().filter(Measure::isOfMaps).toArray(Measure[]::new);
  }

  /** Teaches a command line, with its subcommands, to convert the values of all options. */
  static void register(CommandLine commands) {
    commands
        .registerConverter(Architecture.class, converter(Architecture::of))
        .registerConverter(Arithmetic.class, converter(Arithmetic::of))
        .registerConverter(Condition.class, converter(Condition::parse))
        .registerConverter(Engine.class, converter(Engine::of))
        .registerConverter(Gate.class, converter(Gate::parse))
        .registerConverter(KnownProtocol.class, converter(KnownProtocol::of))
        .registerConverter(MapMethod.class, converter(MapMethod::of))
        .registerConverter(Measure.class, converter(text -> MeasureCatalog.of(text.strip())))
        .registerConverter(NetworkText.class, converter(NetworkText::parse))
        .registerConverter(SaliencyMethod.Choice.class, converter(SaliencyMethod::parse))
        .registerConverter(ClippedLogits.class, named(ClippedLogits.values(), "gradient"))
        .registerConverter(SceneTaskNetwork.class, named(SceneTaskNetwork.values(), "task"))
        .registerConverter(CostKind.class, named(CostKind.values(), "cost"))
        .registerConverter(QuantizedPart.class, named(QuantizedPart.values(), "trial"))
        .registerConverter(VanishedMaps.class, named(VanishedMaps.values(), "treatment"));
  }

  /** {@return a value as a text that is converted to the same value} */
  static String text(Object value) {
    return value instanceof Named named ? named.id() : String.valueOf(value);
  }

  private static <T extends Named> ITypeConverter<T> named(T[] values, String what) {
    return converter(text -> Named.find(values, what, text));
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  /** Names that a shell completes. */
  private abstract static class Names extends ArrayList<String> {
    Names(Named... values) {
      super(Arrays.stream(values).map(Named::id).toList());
    }
  }

  static final class Networks extends Names {
    Networks() {
      super(Architecture.values());
    }
  }

  static final class SaliencyMethods extends Names {
    SaliencyMethods() {
      super(SaliencyMethod.values());
    }
  }

  static final class Measures extends Names {
    Measures() {
      super(ofMaps());
    }
  }

  static final class Arithmetics extends Names {
    Arithmetics() {
      super(Arithmetic.values());
    }
  }

  static final class Engines extends Names {
    Engines() {
      super(Engine.values());
    }
  }

  static final class Gradients extends Names {
    Gradients() {
      super(ClippedLogits.values());
    }
  }

  static final class Treatments extends Names {
    Treatments() {
      super(VanishedMaps.values());
    }
  }

  static final class Trials extends Names {
    Trials() {
      super(QuantizedPart.values());
    }
  }

  static final class Costs extends Names {
    Costs() {
      super(CostKind.values());
    }
  }
}
