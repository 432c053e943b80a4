package org.bitgaze.pipelines.job;

import java.util.List;
import java.util.Map;

/**
 * How a job was started, for its report.
 *
 * @param command the command line
 * @param settings every setting that affects the results, by name
 * @param classNames names of the classes, by index; empty if they are unknown
 */
public record JobDescription(
    List<String> command, Map<String, String> settings, List<String> classNames) {}
