package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;

/** One row of the result: one image's map of one network and precision against one reference. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Comparison {
  /** Reference: the visual saliency map. */
  public static final String SALIENCY = "saliency";

  /** Reference: the exact mask of the object that the image shows. */
  public static final String MASK = "mask";

  /** Reference: the same network's map at full precision. */
  public static final String F32 = "f32";

  /**
   * Returns the image's key.
   *
   * @return its path relative to the input's root
   */
  public abstract String getKey();

  /**
   * Returns the network.
   *
   * @return torchvision's name
   */
  public abstract String getNetwork();

  /**
   * Returns the precision of the compared map.
   *
   * @return such as {@code int8}
   */
  public abstract String getPrecision();

  /**
   * Returns what the map is compared with.
   *
   * @return {@link #SALIENCY}, {@link #MASK} or {@link #F32}
   */
  public abstract String getReference();

  /**
   * Returns the network's own answer at this precision.
   *
   * @return class index
   */
  public abstract int getPredictedClass();

  /**
   * Returns the predicted class's softmax.
   *
   * @return in [0, 1]
   */
  public abstract double getProbability();

  /**
   * Returns the class whose logit the map explains.
   *
   * @return class index
   */
  public abstract int getExplainedClass();

  /**
   * Returns the image's label.
   *
   * @return class index, or null without labels
   */
  @Nullable
  public abstract Integer getLabel();

  /**
   * Tells whether the answer differs from the one at full precision.
   *
   * @return whether the label flipped
   */
  public abstract boolean getFlipped();

  /**
   * Returns the similarity.
   *
   * @return in [0, 1], or null if degenerate
   */
  @Nullable
  public abstract Double getSim();

  /**
   * Returns Pearson's correlation coefficient.
   *
   * @return in [-1, 1], or null if degenerate
   */
  @Nullable
  public abstract Double getCc();

  /**
   * Returns the Kullback-Leibler divergence.
   *
   * @return 0 for equal maps, or null if degenerate
   */
  @Nullable
  public abstract Double getKld();

  /**
   * Returns whether the map's peak is on the object.
   *
   * @return null if degenerate, or the reference is no mask
   */
  @Nullable
  public abstract Boolean getPointing();

  /**
   * Returns the share of the map's energy that is inside the mask.
   *
   * @return in [0, 1], or null if degenerate, or the reference is no mask
   */
  @Nullable
  public abstract Double getEnergy();

  /**
   * Returns why there are no values.
   *
   * @return such as "map is all zero", or null if there are values
   */
  @Nullable
  public abstract String getDegenerate();

  /**
   * Starts a comparison.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new AutoValue_Comparison.Builder();
  }

  /** Builds comparisons; the setters have the meaning of the getters. */
  @AutoValue.Builder
  public abstract static class Builder {
    abstract Builder setKey(String key);

    abstract Builder setNetwork(String network);

    abstract Builder setPrecision(String precision);

    abstract Builder setReference(String reference);

    abstract Builder setPredictedClass(int predictedClass);

    abstract Builder setProbability(double probability);

    abstract Builder setExplainedClass(int explainedClass);

    abstract Builder setLabel(@Nullable Integer label);

    abstract Builder setFlipped(boolean flipped);

    abstract Builder setSim(@Nullable Double sim);

    abstract Builder setCc(@Nullable Double cc);

    abstract Builder setKld(@Nullable Double kld);

    abstract Builder setPointing(@Nullable Boolean pointing);

    abstract Builder setEnergy(@Nullable Double energy);

    abstract Builder setDegenerate(@Nullable String degenerate);

    abstract Comparison build();
  }
}
