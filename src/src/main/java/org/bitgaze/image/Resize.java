package org.bitgaze.image;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** How an image becomes the square that a network takes. */
public enum Resize implements Named {
  /** As the weights' own recipe says: the centre of the resized image. */
  CROP("the centre's crop, as the weights want it") {
    @Override
    public Preprocessing apply(Preprocessing recipe) {
      return recipe;
    }
  },
  /** The whole image, bilinearly, whatever its proportions and the recipe's filter. */
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
   * Changes a recipe.
   *
   * @param recipe what the weights want
   * @return the same size and normalization, in this framing
   */
  public abstract Preprocessing apply(Preprocessing recipe);
}
