package org.bitgaze.pipelines.cli;

/** Something wrong with what the user asked for, found before anything ran: exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
