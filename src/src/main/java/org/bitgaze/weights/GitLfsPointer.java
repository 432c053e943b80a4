package org.bitgaze.weights;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The small text file that Git leaves in place of a large one when Git LFS has not fetched it.
 *
 * @see <a href="https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md">the format</a>
 */
public final class GitLfsPointer {
  private static final byte[] START =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  /** The number of bytes that {@link #isPointer} looks at. */
  public static final int LENGTH = START.length;

  /** What to say of such a file, after its name and a colon. */
  public static final String PROBLEM =
      "is a Git LFS pointer, not the file itself: run git lfs pull";

  private GitLfsPointer() {}

  /**
   * Recognizes a pointer.
   *
   * @param start the first bytes of a file, {@link #LENGTH} of them or more
   * @return whether a pointer begins like this
   */
  public static boolean isPointer(byte[] start) {
    return start.length >= LENGTH && Arrays.equals(start, 0, LENGTH, START, 0, LENGTH);
  }
}
