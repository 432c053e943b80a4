package org.bitgaze.pipelines.audit;

import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.bitgaze.transforms.MetricNames;

/**
 * The Beam metrics of a job, added up over its steps.
 *
 * @param counters name to value
 * @param distributions name to count, sum, minimum and maximum
 */
public record JobMetrics(
    Map<String, Long> counters, Map<String, DistributionResult> distributions) {

  /** Of a job that tells nothing yet. */
  static final JobMetrics NONE = new JobMetrics(Map.of(), Map.of());

  /**
   * Asks a job.
   *
   * @param results what the runner reports, of a running or a finished job
   * @return the metrics as far as they are known
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

  long explained() {
    return counters.getOrDefault(MetricNames.EXPLAINED, 0L);
  }

  long rejected() {
    return counters.getOrDefault(MetricNames.REJECTED, 0L);
  }

  long decoded() {
    return counters.getOrDefault(MetricNames.DECODED, 0L);
  }

  long maps() {
    return counters.getOrDefault(MetricNames.MAPS, 0L);
  }

  long clipped() {
    return counters.getOrDefault(MetricNames.CLIPPED, 0L);
  }

  long unusableMasks() {
    return counters.getOrDefault(MetricNames.UNUSABLE_MASKS, 0L);
  }

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
