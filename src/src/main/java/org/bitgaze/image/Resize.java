package org.bitgaze.image;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** How an image is fitted to a network's square input. */
public enum Resize implements Named {
  /** The framing of the weights' own preprocessing. */
  CROP("the centre crop of the weights' preprocessing") {
    @Override
    public Preprocessing apply(Preprocessing recipe) {
      return recipe;
    }
  },
  /** The whole image, bilinear, without keeping its proportions. */
  SQUASH("the whole image, squashed to a square") {
    @Override
    public Preprocessing apply(Preprocessing recipe) {
      return recipe.with(new Squash(recipe.framing().side())).with(Interpolation.BILINEAR);
    }
  };

  private final String description;

  Resize(String description) {
    this.description = description;
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
   * Changes the framing of a preprocessing.
   *
   * @param recipe the weights' preprocessing
   * @return the same size and normalization with this framing
   */
  public abstract Preprocessing apply(Preprocessing recipe);
}
