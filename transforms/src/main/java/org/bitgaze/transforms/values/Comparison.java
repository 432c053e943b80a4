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
  /** {@return the image's key: its path relative to the input's root} */
  public abstract String getKey();

  /** {@return the model's id} */
  public abstract String getModel();

  /** {@return the precision of the compared map, such as {@code int8}} */
  public abstract String getPrecision();

  /** {@return the id of the {@link org.bitgaze.measure.Reference} that the map is compared with} */
  public abstract String getReference();

  /** {@return the class that the model predicts at this precision} */
  public abstract int getPredictedClass();

  /** {@return the softmax of the predicted class, in [0, 1]} */
  public abstract double getProbability();

  /** {@return the class whose logit the map explains} */
  public abstract int getExplainedClass();

  /** {@return the image's label, a class index; null without labels} */
  @Nullable
  public abstract Integer getLabel();

  /** {@return the measures that have a value, by their ids} */
  public abstract Map<String, Double> getMeasures();

  /**
   * {@return what the image adds to measures of all images together, as {@link
   * org.bitgaze.measure.ScoredMatches#encode} writes it; null unless the row compares detections
   * with a label. It is no column of the rows}
   */
  @Nullable
  @SuppressWarnings("mutable")
  public abstract byte[] getMatches();

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

    /** See {@link Comparison#getMatches}. */
    public abstract Builder setMatches(@Nullable byte[] matches);

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
