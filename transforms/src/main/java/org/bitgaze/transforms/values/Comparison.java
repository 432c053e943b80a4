package org.bitgaze.transforms.values;

import com.google.auto.value.AutoValue;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.bitgaze.measure.MapStatus;

/** One row of the result: one image's map of one model and precision against one reference. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Comparison {
  /**
   * Returns the image's key.
   *
   * @return its path relative to the input's root
   */
  public abstract String getKey();

  /**
   * Returns the model.
   *
   * @return its id
   */
  public abstract String getModel();

  /**
   * Returns the precision of the compared map.
   *
   * @return such as {@code int8}
   */
  public abstract String getPrecision();

  /**
   * Returns what the map is compared with.
   *
   * @return a {@link org.bitgaze.measure.Reference}'s id
   */
  public abstract String getReference();

  /**
   * Returns the model's own answer at this precision.
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
   * Returns the measures.
   *
   * @return a {@link org.bitgaze.measure.Measure}'s id to its value; those that have none are
   *     absent
   */
  public abstract Map<String, Double> getMeasures();

  /** {@return whether the compared map has values, and if not, why} */
  public abstract MapStatus getMapStatus();

  /** {@return whether the reference has values, and if not, why; OK for a label} */
  public abstract MapStatus getReferenceStatus();

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
    /** See {@link Comparison#getKey}. */
    public abstract Builder setKey(String key);

    /** See {@link Comparison#getModel}. */
    public abstract Builder setModel(String model);

    /** See {@link Comparison#getPrecision}. */
    public abstract Builder setPrecision(String precision);

    /** See {@link Comparison#getReference}. */
    public abstract Builder setReference(String reference);

    /** See {@link Comparison#getPredictedClass}. */
    public abstract Builder setPredictedClass(int predictedClass);

    /** See {@link Comparison#getProbability}. */
    public abstract Builder setProbability(double probability);

    /** See {@link Comparison#getExplainedClass}. */
    public abstract Builder setExplainedClass(int explainedClass);

    /** See {@link Comparison#getLabel}. */
    public abstract Builder setLabel(@Nullable Integer label);

    /** See {@link Comparison#getMeasures}. */
    public abstract Builder setMeasures(Map<String, Double> measures);

    /** See {@link Comparison#getMapStatus}. */
    public abstract Builder setMapStatus(MapStatus status);

    /** See {@link Comparison#getReferenceStatus}. */
    public abstract Builder setReferenceStatus(MapStatus status);

    /**
     * Makes the comparison.
     *
     * @return the row
     * @throws IllegalStateException if something is missing
     */
    public abstract Comparison build();
  }
}
