package org.bitgaze.pipelines.runner;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** A user's options for Beam, to which defaults are added. */
final class BeamArguments {
  private final List<String> args;

  BeamArguments(List<String> given) {
    this.args = new ArrayList<>(given);
  }

  /** Adds a default: an option that the user gave keeps its value. */
  void suggest(String name, String value) {
    if (!isGiven(name)) {
      args.add("--" + name + "=" + value);
    }
  }

  /** Replaces an option, whether it was given or not. */
  void override(String name, String value) {
    args.removeIf(arg -> arg.startsWith("--" + name + "="));
    args.add("--" + name + "=" + value);
  }

  boolean isGiven(String name) {
    String flag = "--" + name;
    return args.stream().anyMatch(arg -> arg.equals(flag) || arg.startsWith(flag + "="));
  }

  /**
   * Parses the options.
   *
   * @throws IllegalArgumentException if Beam rejects one
   */
  PipelineOptions parse() {
    try {
      return PipelineOptionsFactory.fromArgs(args.toArray(String[]::new)).create();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "Beam rejects an option: " + e.getMessage().lines().findFirst().orElse(""), e);
    }
  }
}
