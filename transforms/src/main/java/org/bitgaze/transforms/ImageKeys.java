package org.bitgaze.transforms;

import org.apache.beam.sdk.io.fs.ResourceId;

/** Names images: a key is a file's path relative to the input's root, with forward slashes. */
public final class ImageKeys {
  private ImageKeys() {}

  /**
   * Returns the key of a file.
   *
   * @param root the input's root, as a folder's path with or without a slash at its end
   * @param file the file
   * @return its path below the root, or the whole path if it lies elsewhere
   */
  public static String of(String root, ResourceId file) {
    String path = file.toString().replace('\\', '/');
    String folder = root.replace('\\', '/');
    folder = folder.endsWith("/") || folder.isEmpty() ? folder : folder + "/";
    return path.startsWith(folder) ? path.substring(folder.length()) : path;
  }
}
