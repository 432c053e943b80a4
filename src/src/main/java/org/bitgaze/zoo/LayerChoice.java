package org.bitgaze.zoo;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** Which layer's activations a class activation map weighs where none is named. */
public enum LayerChoice implements Named {
  /** The last with height and width that all passes through, as pytorch-grad-cam names it. */
  LAST("the last layer with height and width, which nothing passes by", false),
  /** The paper's, which a residual may pass by; so may one that is named instead. */
  PAPER("the paper's layer, which a residual may pass by", true);

  private final String description;
  private final boolean bypass;

  LayerChoice(String description, boolean bypass) {
    this.description = description;
    this.bypass = bypass;
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
   * Tells whether others may pass the layer by.
   *
   * @return whether gradients are those of the way through the layer alone
   */
  public boolean bypass() {
    return bypass;
  }
}
