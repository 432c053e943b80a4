package org.bitgaze.transforms;

import java.util.Locale;
import java.util.Set;

/** Files that no person put where they are: hidden, thrown away, or made by the system. */
final class HiddenFiles {
  /** Folders of macOS, Windows, Linux and of Synology's and QNAP's network storage. */
  private static final Set<String> FOLDERS =
      Set.of(
          "__macosx",
          "$recycle.bin",
          "recycler",
          "system volume information",
          "lost+found",
          "@eadir",
          "#recycle",
          "@recycle",
          "@recently-snapshot",
          "#snapshot");

  private HiddenFiles() {}

  /**
   * Tells whether a file is hidden.
   *
   * @param key its path below the root, with forward slashes
   * @return whether it or a folder that it is in begins with a dot or has such a name
   */
  static boolean isHidden(String key) {
    for (String part : key.split("/")) {
      boolean dotted = part.startsWith(".") && !part.equals(".") && !part.equals("..");
      if (dotted || FOLDERS.contains(part.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }
}
