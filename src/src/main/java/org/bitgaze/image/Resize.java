package org.bitgaze.image;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** How an image is fitted to a network's input. */
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
      return recipe
          .with(new Squash(recipe.framing().height(), recipe.framing().width()))
          .with(Interpolation.BILINEAR);
    }
  },
  /** The whole image, with its proportions, and grey beside it. */
  LETTERBOX("the whole image, with its proportions, on grey") {
    @Override
    public Preprocessing apply(Preprocessing recipe) {
      return recipe.with(new Letterbox(recipe.framing().height(), recipe.framing().width()));
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
