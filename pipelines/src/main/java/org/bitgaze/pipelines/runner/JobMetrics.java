package org.bitgaze.pipelines.runner;

import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.bitgaze.transforms.MetricNames;

/**
 * The Beam metrics of a job, summed over its steps.
 *
 * @param counters name to value
 * @param distributions name to count, sum, minimum and maximum
 */
public record JobMetrics(
    Map<String, Long> counters, Map<String, DistributionResult> distributions) {

  /** Metrics of a job that has not reported any. */
  public static final JobMetrics NONE = new JobMetrics(Map.of(), Map.of());

  /**
   * Reads the metrics of a running or a finished job.
   *
   * @param results the runner's report
   * @return the metrics that are known so far
   */
  public static JobMetrics of(MetricResults results) {
    MetricQueryResults query =
        results.queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.inNamespace(MetricNames.NAMESPACE))
                .build());
    Map<String, Long> counters = new TreeMap<>();
    query
        .getCounters()
        .forEach(m -> counters.merge(m.getName().getName(), m.getAttempted(), Long::sum));
    Map<String, DistributionResult> distributions = new TreeMap<>();
    query
        .getDistributions()
        .forEach(
            m -> distributions.merge(m.getName().getName(), m.getAttempted(), JobMetrics::merge));
    return new JobMetrics(counters, distributions);
  }

  /**
   * Returns a counter.
   *
   * @param name one of {@link MetricNames}
   * @return its value; 0 if it was never incremented
   */
  public long count(String name) {
    return counters.getOrDefault(name, 0L);
  }

  /**
   * Adds a counter.
   *
   * @param name the counter's name
   * @param value its value
   * @return new metrics
   */
  public JobMetrics with(String name, long value) {
    Map<String, Long> all = new TreeMap<>(counters);
    all.put(name, value);
    return new JobMetrics(all, distributions);
  }

  /** {@return sum, count, minimum and maximum of each distribution, by name} */
  public Map<String, long[]> distributionValues() {
    Map<String, long[]> values = new TreeMap<>();
    distributions.forEach(
        (name, d) ->
            values.put(name, new long[] {d.getSum(), d.getCount(), d.getMin(), d.getMax()}));
    return values;
  }

  /**
   * Adds metrics of another job.
   *
   * @param others its counters, by name
   * @param values its distributions, as {@link #distributionValues} returns them
   * @return new metrics
   */
  public JobMetrics with(Map<String, Long> others, Map<String, long[]> values) {
    Map<String, Long> all = new TreeMap<>(counters);
    others.forEach((name, value) -> all.merge(name, value, Long::sum));
    Map<String, DistributionResult> merged = new TreeMap<>(distributions);
    values.forEach(
        (name, v) ->
            merged.merge(
                name, DistributionResult.create(v[0], v[1], v[2], v[3]), JobMetrics::merge));
    return new JobMetrics(all, merged);
  }

  /** {@return the number of images whose mask cannot be used} */
  public long unusableMasks() {
    return count(MetricNames.UNUSABLE_MASKS);
  }

  /** {@return the number of images whose maps were compared} */
  long compared() {
    DistributionResult compared = distributions.get(MetricNames.COMPARE_MILLIS);
    return compared == null ? 0 : compared.getCount();
  }

  private static DistributionResult merge(DistributionResult a, DistributionResult b) {
    return DistributionResult.create(
        a.getSum() + b.getSum(),
        a.getCount() + b.getCount(),
        Math.min(a.getMin(), b.getMin()),
        Math.max(a.getMax(), b.getMax()));
  }
}
