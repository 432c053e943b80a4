package org.bitgaze.protocol;

import java.io.Serializable;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.Execution;
import org.bitgaze.model.Model;
import org.bitgaze.network.Mode;
import org.bitgaze.quant.RangeRule;

/**
 * How an experiment is made: all that decides its numbers besides the networks, their weights, the
 * images and the precisions. Each step is a {@link Step} of its own, so that one can be changed at
 * a time.
 *
 * @param execution how networks are run, and where they are quantized
 * @param cam how the target layer's activations are weighed
 * @param explained which class the maps explain
 * @param ranges where the ranges of quantized activations come from
 * @param layer the target layer by name, where the execution's choice is not meant; else empty
 */
public record Protocol(
    Execution execution, MapMethod cam, ExplainedClass explained, RangeRule ranges, String layer)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int DEPLOYED_CALIBRATION = 32;
  private static final int TRAINING_CALIBRATION = 200;
  private static final Set<Step> DECIDING_RANGES =
      EnumSet.of(
          Step.RESIZE, Step.MODE, Step.DROPOUT, Step.QUANTIZATION_POINTS, Step.QUANTIZED_LOGITS);

  /**
   * Takes a model as this protocol runs it.
   *
   * @param model any model
   * @return the same weights under this protocol's execution
   */
  public Model applyTo(Model model) {
    Model run = model.withExecution(execution);
    return layer.isEmpty() ? run : run.withTargetLayer(layer);
  }

  /**
   * Tells whether something is drawn at random, so that a second draw ({@code f32b}) shows the
   * noise that differences must exceed.
   *
   * @return whether dropout drops
   */
  public boolean isRandom() {
    return execution.mode().dropout();
  }

  /**
   * Changes one step.
   *
   * @param step which
   * @param value one of {@link Step#choices}
   * @return a new protocol
   * @throws IllegalArgumentException if the step knows no such value, listing those there are
   */
  public Protocol with(Step step, String value) {
    return step.set(this, value);
  }

  /**
   * Changes how networks are run.
   *
   * @param other how instead
   * @return a new protocol
   */
  public Protocol withExecution(Execution other) {
    return new Protocol(other, cam, explained, ranges, layer);
  }

  /**
   * Changes how the target layer's activations are weighed.
   *
   * @param other how instead
   * @return a new protocol
   */
  public Protocol withCam(MapMethod other) {
    return new Protocol(execution, other, explained, ranges, layer);
  }

  /**
   * Changes which class the maps explain.
   *
   * @param other which instead
   * @return a new protocol
   */
  public Protocol withExplained(ExplainedClass other) {
    return new Protocol(execution, cam, other, ranges, layer);
  }

  /**
   * Changes where the ranges of activations come from.
   *
   * @param other where instead
   * @return a new protocol
   */
  public Protocol withRanges(RangeRule other) {
    return new Protocol(execution, cam, explained, other, layer);
  }

  /**
   * Names the target layer.
   *
   * @param name a torchvision module path or node name; empty for the execution's choice
   * @return a new protocol
   */
  public Protocol withLayer(String name) {
    return new Protocol(execution, cam, explained, ranges, name);
  }

  /**
   * Returns how many images ranges are taken from where nothing else is said.
   *
   * @return more in training mode, where every image has statistics of its own and extremes vary
   *     more
   */
  public int calibrationImages() {
    return execution.mode().equals(Mode.EVAL) ? DEPLOYED_CALIBRATION : TRAINING_CALIBRATION;
  }

  /**
   * Finds the name of this set of steps.
   *
   * @return nothing if it is none of the known ones
   */
  public Optional<KnownProtocol> known() {
    return Arrays.stream(KnownProtocol.values()).filter(k -> k.protocol().equals(this)).findFirst();
  }

  /**
   * Returns the protocol for people.
   *
   * @return its name, where it has one, and all steps
   */
  public String title() {
    return known().map(k -> k.id() + " (" + this + ")").orElse(toString());
  }

  /**
   * Returns the steps that decide which points have ranges and what these are.
   *
   * @return some of what {@link #toString} returns
   */
  public String decidingRanges() {
    return text(DECIDING_RANGES);
  }

  /** Returns all steps, each {@code step=value}. */
  @Override
  public String toString() {
    return text(EnumSet.allOf(Step.class));
  }

  private String text(Set<Step> steps) {
    return steps.stream()
        .map(step -> step.id() + "=" + step.get(this))
        .collect(Collectors.joining(","));
  }
}
