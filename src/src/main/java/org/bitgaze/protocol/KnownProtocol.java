package org.bitgaze.protocol;

import java.util.Locale;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.Execution;
import org.bitgaze.quant.RangeRule;

/** Protocols that have a name. */
public enum KnownProtocol implements Named {
  /** What a network does where it is deployed. */
  DEPLOYMENT(
      "networks as they are deployed",
      new Protocol(
          Execution.DEPLOYMENT,
          MapMethod.GRADCAM_PLUS_PLUS,
          ExplainedClass.REFERENCE,
          RangeRule.MINMAX,
          "")),
  /**
   * What arXiv:2403.09939 measured: networks in training mode, one image at a time, each explaining
   * its own answer; made independent of the images' order.
   */
  PAPER(
      "as arXiv:2403.09939 measured, in training mode",
      new Protocol(
          Execution.PAPER, MapMethod.TORCHCAM, ExplainedClass.OWN, RangeRule.AVERAGED, ""));

  private final String description;
  private final Protocol protocol;

  KnownProtocol(String description, Protocol protocol) {
    this.description = description;
    this.protocol = protocol;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Returns what the name stands for.
   *
   * @return the set of steps
   */
  public Protocol protocol() {
    return protocol;
  }

  /**
   * Finds a protocol by name.
   *
   * @param id such as {@code paper}
   * @return the protocol
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static KnownProtocol of(String id) {
    return Named.find(values(), "protocol", id);
  }
}
