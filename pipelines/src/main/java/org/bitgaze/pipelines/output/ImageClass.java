package org.bitgaze.pipelines.output;

import java.io.IOException;

/**
 * What the class of an image is: its label, or the network's answer at f32 if the run has no labels
 * at all. In a run with labels, an image without one belongs to no class.
 *
 * @param labelled whether it is the label
 */
public record ImageClass(boolean labelled) {
  /** {@return what the class of an image is in these rows} */
  public static ImageClass of(RowQueries rows) throws IOException {
    return new ImageClass(
        !rows.query("SELECT 1 FROM rows WHERE label IS NOT NULL LIMIT 1", row -> row.getInt(1))
            .isEmpty());
  }
}
