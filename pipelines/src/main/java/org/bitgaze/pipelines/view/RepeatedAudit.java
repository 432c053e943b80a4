package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bitgaze.image.RgbImage;

/**
 * An audit that can be repeated for single images, from the settings in its {@code run.json}. Every
 * method fails with an {@link IOException} whose message says what is missing, such as images that
 * were moved.
 */
public interface RepeatedAudit extends AutoCloseable {
  /**
   * Reads an image of the audit's input.
   *
   * @param key a key of the audit's rows
   * @return the whole image
   * @throws IOException if it is not there, cannot be read, or lies outside of the input folder
   */
  RgbImage read(String key) throws IOException;

  /**
   * Reads the mask of an image's object.
   *
   * @param key a key of the audit's rows
   * @return the whole mask, white on black; empty if the audit has no masks
   * @throws IOException if the audit has masks, but this one cannot be read
   */
  Optional<RgbImage> mask(String key) throws IOException;

  /**
   * Opens and compiles the networks, so that the first image does not wait for it.
   *
   * @throws IOException as {@link #explain}
   */
  void prepare() throws IOException;

  /**
   * Audits one image.
   *
   * @param key a key of the audit's rows
   * @param work an empty folder of this machine
   * @return the folder of the shards, see {@link org.bitgaze.pipelines.job.OneImage#explain}
   * @throws IOException if images or weights are missing, or the weights are not those of the audit
   */
  Path explain(String key, Path work) throws IOException;

  /** Releases compiled programs. */
  @Override
  void close();
}
