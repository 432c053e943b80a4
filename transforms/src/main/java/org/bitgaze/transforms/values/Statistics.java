package org.bitgaze.transforms.values;

import com.google.auto.value.AutoValue;
import javax.annotation.Nullable;
import org.apache.beam.sdk.schemas.AutoValueSchema;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.commons.math3.distribution.TDistribution;

/** Summary statistics of one measure over images. Without values, only the counts are there. */
@AutoValue
@DefaultSchema(AutoValueSchema.class)
public abstract class Statistics {
  /** {@return the number of images that have a value} */
  public abstract long getCount();

  /** {@return the number of images that have no value} */
  public abstract long getDegenerate();

  /** {@return the mean; null without values} */
  @Nullable
  public abstract Double getMean();

  /**
   * {@return the sample standard deviation, with n - 1 in the denominator; null with fewer than two
   * values}
   */
  @Nullable
  public abstract Double getStd();

  /** {@return the smallest value; null without values} */
  @Nullable
  public abstract Double getMin();

  /** {@return the lower quartile, accurate to 0.1 % of its value; null without values} */
  @Nullable
  public abstract Double getQ1();

  /** {@return the median, accurate to 0.1 % of its value; null without values} */
  @Nullable
  public abstract Double getMedian();

  /** {@return the upper quartile, accurate to 0.1 % of its value; null without values} */
  @Nullable
  public abstract Double getQ3();

  /** {@return the largest value; null without values} */
  @Nullable
  public abstract Double getMax();

  /**
   * Returns half the width of the 95 % confidence interval of the mean: t(0.975, n - 1) * std /
   * sqrt(n).
   *
   * @return null with fewer than two values
   */
  @Nullable
  public Double ci95() {
    if (getStd() == null) {
      return null;
    }
    return ci95(getStd(), getCount());
  }

  /**
   * Half the width of a mean's 95 % confidence interval (Student's t).
   *
   * @param deviation sample standard deviation of the values
   * @param count how many there are, at least 2
   * @return what lies on each side of the mean
   */
  public static double ci95(double deviation, long count) {
    double t = new TDistribution(null, count - 1.0).inverseCumulativeProbability(0.975);
    return t * deviation / Math.sqrt(count);
  }

  /**
   * Starts statistics.
   *
   * @return an empty builder
   */
  public static Builder builder() {
    return new AutoValue_Statistics.Builder();
  }

  /** Builds statistics; the setters have the meaning of the getters. */
  @AutoValue.Builder
  public abstract static class Builder {
    /** See {@link Statistics#getCount}. */
    public abstract Builder setCount(long count);

    /** See {@link Statistics#getDegenerate}. */
    public abstract Builder setDegenerate(long degenerate);

    /** See {@link Statistics#getMean}. */
    public abstract Builder setMean(@Nullable Double mean);

    /** See {@link Statistics#getStd}. */
    public abstract Builder setStd(@Nullable Double std);

    /** See {@link Statistics#getMin}. */
    public abstract Builder setMin(@Nullable Double min);

    /** See {@link Statistics#getQ1}. */
    public abstract Builder setQ1(@Nullable Double q1);

    /** See {@link Statistics#getMedian}. */
    public abstract Builder setMedian(@Nullable Double median);

    /** See {@link Statistics#getQ3}. */
    public abstract Builder setQ3(@Nullable Double q3);

    /** See {@link Statistics#getMax}. */
    public abstract Builder setMax(@Nullable Double max);

    /**
     * Makes the statistics.
     *
     * @return the statistics
     */
    public abstract Statistics build();
  }
}
