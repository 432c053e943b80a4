package org.bitgaze.zoo;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** The default target layer. */
public enum LayerChoice implements Named {
  /** The last layer with height and width that nothing bypasses, as in pytorch-grad-cam. */
  LAST("the last layer with height and width, which nothing bypasses", false),
  /** The paper's layer. It, or a layer named instead, may be bypassed by a residual connection. */
  PAPER("the paper's layer, which a residual connection may bypass", true);

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

  /** {@return whether others may bypass the layer; gradients are those of the path through it} */
  public boolean bypass() {
    return bypass;
  }
}
