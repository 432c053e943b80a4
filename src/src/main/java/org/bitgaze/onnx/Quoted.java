package org.bitgaze.onnx;

/** A file's names for messages: one line, not too long. */
final class Quoted {
  private static final int LONGEST = 120;

  private Quoted() {}

  static String of(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "?");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
