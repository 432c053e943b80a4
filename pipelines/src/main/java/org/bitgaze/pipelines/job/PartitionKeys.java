package org.bitgaze.pipelines.job;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.transforms.KeyShare;

/** Divides keys into parts, by ranges of the keys' hashes: parts have about the same size. */
final class PartitionKeys {
  private PartitionKeys() {}

  /**
   * Writes the keys of each part.
   *
   * @param source lists the keys
   * @param count number of keys
   * @param size number of keys in a part, at most, on average
   * @param first number of the first part
   * @param parts where the files are published
   * @param work an empty folder on the output's disk, if that is local
   * @return the parts; those that would be empty are left out
   */
  static List<PartsPlan.Part> write(
      KeyListing.Source<?> source, long count, int size, int first, PartsFolder parts, Path work)
      throws IOException {
    int number = Math.toIntExact(Math.max(1, (count + size - 1) / size));
    long[] counts = new long[number];
    List<BufferedWriter> files = new ArrayList<>();
    try {
      Files.createDirectories(work.resolve("parts"));
      for (int i = 0; i < number; i++) {
        files.add(Files.newBufferedWriter(work.resolve(PartsFolder.keysName(part(first + i, 0)))));
      }
      source.list(
          key -> {
            int part = (int) (KeyShare.hash(key) * number);
            counts[part]++;
            KeyListing.write(files.get(part), key);
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      for (BufferedWriter file : files) {
        file.close();
      }
    }
    List<PartsPlan.Part> made = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      if (counts[i] > 0) {
        made.add(part(first + i, counts[i]));
      }
    }
    parts.publish(work, made.stream().map(PartsFolder::keysName).toList());
    return made;
  }

  private static PartsPlan.Part part(int number, long images) {
    return new PartsPlan.Part(String.format(Locale.ROOT, "%05d", number), images);
  }
}
