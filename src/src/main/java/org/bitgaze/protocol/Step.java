package org.bitgaze.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Resize;
import org.bitgaze.model.Execution;
import org.bitgaze.network.BatchNormStatistics;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.PointPlacement;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.zoo.LayerChoice;

/** The steps in which protocols differ: what users may say, and where a {@link Protocol} has it. */
public enum Step implements Named {
  /** How an image becomes what networks take. */
  RESIZE(
      "resize",
      "how an image becomes the network's input",
      Resize.values(),
      p -> p.execution().resize(),
      (p, v) -> p.withExecution(new Execution(v, mode(p), scheme(p), p.execution().target()))),
  /** Which statistics batch norms use. */
  MODE(
      "mode",
      "whose mean and variance batch norms use",
      BatchNormStatistics.values(),
      p -> mode(p).statistics(),
      (p, v) -> with(p, new Mode(v, mode(p).dropout()))),
  /** Whether dropout and stochastic depth drop. */
  DROPOUT(
      "dropout",
      "whether dropout and stochastic depth drop, by the image's key",
      Switch.values(),
      p -> Switch.of(mode(p).dropout()),
      (p, v) -> with(p, new Mode(mode(p).statistics(), v == Switch.ON))),
  /** Where activations are quantized. */
  QUANTIZATION_POINTS(
      "quantization-points",
      "where activations are quantized",
      PointPlacement.values(),
      p -> scheme(p).points(),
      (p, v) ->
          with(p, new ActivationScheme(v, scheme(p).reducedRange(), scheme(p).quantizedLogits()))),
  /** Whether activations have a bit less than weights. */
  REDUCE_RANGE(
      "reduce-range",
      "whether activations have one bit less than weights",
      Switch.values(),
      p -> Switch.of(scheme(p).reducedRange()),
      (p, v) ->
          with(
              p,
              new ActivationScheme(
                  scheme(p).points(), v == Switch.ON, scheme(p).quantizedLogits()))),
  /** Whether the last layer's output is quantized. */
  QUANTIZED_LOGITS(
      "quantized-logits",
      "whether the last layer's output is quantized, too",
      Switch.values(),
      p -> Switch.of(scheme(p).quantizedLogits()),
      (p, v) ->
          with(
              p,
              new ActivationScheme(scheme(p).points(), scheme(p).reducedRange(), v == Switch.ON))),
  /** Where the ranges of activations come from. */
  RANGES(
      "ranges",
      "where the ranges of activations come from; percentile:P keeps P percent of the values",
      RangeRule.choices(),
      Protocol::ranges,
      Protocol::withRanges) {
    @Override
    Protocol set(Protocol protocol, String value) {
      return protocol.withRanges(RangeRule.parse(value));
    }
  },
  /** Which layer a map weighs: one of the choices, or any by its name. */
  TARGET_LAYER(
      "target-layer",
      "which layer's activations a map weighs",
      LayerChoice.values(),
      p -> p.execution().target(),
      (p, v) -> p.withExecution(new Execution(p.execution().resize(), mode(p), scheme(p), v))) {
    @Override
    public String get(Protocol protocol) {
      return protocol.layer().isEmpty() ? super.get(protocol) : protocol.layer();
    }

    @Override
    Protocol set(Protocol protocol, String value) {
      if (value.isBlank()) {
        throw new IllegalArgumentException("the target layer has no name");
      }
      return choices().contains(value)
          ? super.set(protocol.withLayer(""), value)
          : protocol.withLayer(value);
    }
  },
  /** How a map is made. */
  CAM("cam", "how activations are weighed", MapMethod.values(), Protocol::cam, Protocol::withCam),
  /** Which class a map explains. */
  TARGET(
      "target",
      "which class a map explains",
      ExplainedClass.values(),
      Protocol::explained,
      Protocol::withExplained);

  /** Yes or no. */
  private enum Switch implements Named {
    ON,
    OFF;

    static Switch of(boolean on) {
      return on ? ON : OFF;
    }

    @Override
    public String id() {
      return this == ON ? "on" : "off";
    }

    @Override
    public String description() {
      return this == ON ? "yes" : "no";
    }
  }

  private final String id;
  private final String description;
  private final List<String> values;
  private final Function<Protocol, Named> getter;
  private final BiFunction<Protocol, String, Protocol> setter;

  <T extends Named> Step(
      String id,
      String description,
      T[] choices,
      Function<Protocol, T> getter,
      BiFunction<Protocol, T, Protocol> setter) {
    this.id = id;
    this.description = description;
    this.values = Arrays.stream(choices).map(Named::id).toList();
    this.getter = getter::apply;
    this.setter = (protocol, value) -> setter.apply(protocol, Named.find(choices, id, value));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Lists what may be said.
   *
   * @return the values' names
   */
  public List<String> choices() {
    return values;
  }

  /**
   * Reads the step of a protocol.
   *
   * @param protocol any protocol
   * @return the value's name
   */
  public String get(Protocol protocol) {
    return getter.apply(protocol).id();
  }

  /** Changes the step of a protocol, see {@link Protocol#with}. */
  Protocol set(Protocol protocol, String value) {
    return setter.apply(protocol, value);
  }

  /**
   * Finds a step by name.
   *
   * @param id such as {@code resize}
   * @return the step
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static Step of(String id) {
    return Named.find(values(), "step", id);
  }

  private static Mode mode(Protocol protocol) {
    return protocol.execution().mode();
  }

  private static ActivationScheme scheme(Protocol protocol) {
    return protocol.execution().scheme();
  }

  private static Protocol with(Protocol p, Mode mode) {
    return p.withExecution(
        new Execution(p.execution().resize(), mode, scheme(p), p.execution().target()));
  }

  private static Protocol with(Protocol p, ActivationScheme scheme) {
    return p.withExecution(
        new Execution(p.execution().resize(), mode(p), scheme, p.execution().target()));
  }
}
