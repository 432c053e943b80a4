package org.bitgaze.transforms.parquet;

import org.apache.beam.sdk.io.WriteFilesResult;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.transforms.values.ComparedImage;

/**
 * Writes all maps of images as a Parquet dataset, one record for each map.
 *
 * <pre>{@code
 * audit.images().apply(Maps.toParquet("gs://bucket/maps"));
 * }</pre>
 */
public final class Maps extends PTransform<PCollection<ComparedImage>, WriteFilesResult<Void>> {
  private static final long serialVersionUID = 1L;
  private final String folder;

  private Maps(String folder) {
    this.folder = folder;
  }

  /**
   * Writes to a folder on any Beam file system.
   *
   * @param folder its path
   * @return the transform
   */
  public static Maps toParquet(String folder) {
    return new Maps(folder);
  }

  @Override
  public WriteFilesResult<Void> expand(PCollection<ComparedImage> images) {
    return DatasetFiles.write(images, folder, "maps", new MapFormat());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("folder", folder));
  }
}
