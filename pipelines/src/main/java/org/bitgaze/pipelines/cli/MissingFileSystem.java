package org.bitgaze.pipelines.cli;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Explains Beam's error about paths on a file system that this build does not have. */
final class MissingFileSystem {
  private static final Pattern BEAMS_MESSAGE =
      Pattern.compile("No filesystem found for scheme ([\\w.+-]+)");

  /** Schemes, and the Maven profiles whose builds know them. */
  private static final Map<String, String> PROFILES = Map.of("s3", "aws", "gs", "gcp");

  private MissingFileSystem() {}

  /**
   * Explains an error.
   *
   * @param error what was thrown
   * @return one line that says what to do; empty if it is another error
   */
  static Optional<String> explain(Throwable error) {
    Matcher found = BEAMS_MESSAGE.matcher(String.valueOf(error.getMessage()));
    if (!found.find()) {
      return Optional.empty();
    }
    String scheme = found.group(1);
    String profile = PROFILES.get(scheme);
    return Optional.of(
        profile == null
            ? "paths that start with %s:// are not supported; local paths, s3:// and gs:// are"
                .formatted(scheme)
            : "this build cannot read %s:// paths: build it with mvn -P%s -DskipTests package"
                .formatted(scheme, profile));
  }
}
