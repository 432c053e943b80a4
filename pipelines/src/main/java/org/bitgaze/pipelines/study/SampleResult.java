package org.bitgaze.pipelines.study;

/**
 * What an audit found with the ranges of one calibration sample.
 *
 * @param model the model's id
 * @param precision the precision
 * @param rule how ranges were determined
 * @param size the number of calibration images that were drawn
 * @param sample number of the sample, from 0
 * @param calibrated the number of calibration images that could be read
 * @param images the number of audited images whose f32 map has a value
 * @param cc mean CC with f32's map; a map that vanished counts as 0
 * @param flip share of images whose answer differs from f32's
 * @param vanished the number of maps without a value
 */
public record SampleResult(
    String model,
    String precision,
    String rule,
    int size,
    int sample,
    int calibrated,
    long images,
    double cc,
    double flip,
    long vanished) {}
