package org.bitgaze.transforms.parquet;

import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.WriteFilesResult;
import org.apache.beam.sdk.values.PCollection;

/** Writes the files of a dataset; each appears whole or not at all. */
final class DatasetFiles {
  private DatasetFiles() {}

  static <T> WriteFilesResult<Void> write(
      PCollection<T> elements, String folder, String prefix, RecordFormat<T> format) {
    FileIO.Write<Void, T> write =
        FileIO.<T>write()
            .via(new ParquetSink<>(format))
            .to(folder)
            .withPrefix(prefix)
            .withSuffix(".parquet");
    // Bounded: each worker writes what it has. Unbounded: Beam asks for a number of files.
    return elements.apply(
        "Write",
        elements.isBounded() == PCollection.IsBounded.BOUNDED
            ? write.withNoSpilling()
            : write.withNumShards(1));
  }
}
