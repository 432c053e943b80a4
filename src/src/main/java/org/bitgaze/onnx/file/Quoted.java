package org.bitgaze.onnx.file;

/** Names from a file as messages show them: on one line, of bounded length. */
public final class Quoted {
  private static final int MAX_LENGTH = 120;

  private Quoted() {}

  /**
   * Shortens a name, and replaces its control characters.
   *
   * @param name any text from a file
   * @return one line
   */
  public static String of(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
  }
}
