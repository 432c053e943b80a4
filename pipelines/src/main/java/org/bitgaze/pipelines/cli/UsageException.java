package org.bitgaze.pipelines.cli;

import java.io.IOException;

/** An invalid option or input, found before anything runs: exit code 2, one line. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  /** Work that checks what the user gave. */
  @FunctionalInterface
  interface Check<T> {
    T run() throws IOException;
  }

  /**
   * Runs a check.
   *
   * @throws UsageException if the check finds an error, with its message
   */
  static <T> T checking(Check<T> check) {
    try {
      return check.run();
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /**
   * Checks a condition.
   *
   * @throws UsageException if it does not hold
   */
  static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }

  /**
   * Checks the lower bound of an option's value.
   *
   * @throws UsageException if the value is too small
   */
  static void requireAtLeast(long min, String option, long value) {
    require(value >= min, option + " must be at least " + min + ", not " + value);
  }
}
