package org.bitgaze.pipelines.cli;

import picocli.CommandLine;

/** The exit codes of all commands. */
final class ExitCode {
  /** Success. */
  static final int OK = CommandLine.ExitCode.OK;

  /** The job failed. */
  static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  /** Wrong usage: nothing ran. */
  static final int USAGE = CommandLine.ExitCode.USAGE;

  /** A condition of the gate does not hold. */
  static final int GATE = 3;

  /** Out of memory. */
  static final int MEMORY = 4;

  private ExitCode() {}
}
