package org.bitgaze.pipelines.output;

import java.util.Map;

/**
 * A finished part: {@code parts/NAME.json}. It is written last, so that a part that has one is
 * complete.
 *
 * @param images number of images
 * @param rows number of rows
 * @param seconds how long the part took
 * @param calibration digest of the ranges that quantized the activations
 * @param counters what the part's pipeline counted, by name
 * @param distributions sum, count, minimum and maximum of what it timed, by name
 */
public record PartResult(
    long images,
    long rows,
    double seconds,
    String calibration,
    Map<String, Long> counters,
    Map<String, long[]> distributions) {}
