package org.bitgaze.pipelines.output;

import java.util.List;
import java.util.Map;

/**
 * What was run, where and how fast: {@code run.json}.
 *
 * @param command the command line
 * @param started when, in UTC (ISO 8601)
 * @param seconds how long the job took
 * @param matched images that were found
 * @param decoded images that were used
 * @param rejected rejects
 * @param maps class activation maps that were computed
 * @param settings every setting that decides the results, by name
 * @param networks the networks
 * @param versions of Bitgaze and what it runs on
 * @param host where the command ran
 */
public record RunInfo(
    List<String> command,
    String started,
    double seconds,
    long matched,
    long decoded,
    long rejected,
    long maps,
    Map<String, String> settings,
    List<Weights> networks,
    Map<String, String> versions,
    Map<String, String> host) {

  /**
   * A network's weights.
   *
   * @param network torchvision's name
   * @param targetLayer layer whose activations the maps weigh
   * @param location path of the file, or {@code scenes}
   * @param sha256 the file's digest, in hexadecimal
   */
  public record Weights(String network, String targetLayer, String location, String sha256) {}

  /**
   * Returns the same with what came out.
   *
   * @param took how long the job took, in seconds
   * @param found images that were found
   * @param used images that were used
   * @param refused rejects
   * @param computed class activation maps that were computed
   * @return a new description
   */
  public RunInfo ended(double took, long found, long used, long refused, long computed) {
    return new RunInfo(
        command, started, took, found, used, refused, computed, settings, networks, versions, host);
  }
}
