package org.bitgaze.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** The image files of {@code pictures.tar.gz}, and what is expected of each. */
public final class Pictures {
  private Pictures() {}

  /** Returns all entries of the archive by name: pictures, references, {@code expected.tsv}. */
  public static Map<String, byte[]> all() throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    try (InputStream in = Pictures.class.getResourceAsStream("/org/bitgaze/image/pictures.tar.gz");
        TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(in))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        all.put(e.getName(), tar.readAllBytes());
      }
    }
    return all;
  }
}
