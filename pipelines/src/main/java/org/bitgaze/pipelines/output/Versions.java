package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** The versions of Bitgaze and its libraries, which the build records. */
public final class Versions {
  private Versions() {}

  /**
   * Reads the versions.
   *
   * @return name to version: bitgaze, Beam, Flink, DJL, libtorch, ONNX Runtime
   * @throws IOException if the build recorded none
   */
  public static Map<String, String> read() throws IOException {
    Properties p = new Properties();
    try (InputStream in =
        Versions.class.getResourceAsStream("/org/bitgaze/pipelines/versions.properties")) {
      p.load(in);
    }
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("bitgaze", p.getProperty("version"));
    versions.put("Beam", p.getProperty("beam"));
    versions.put("Flink", p.getProperty("flink"));
    versions.put("DJL", p.getProperty("djl"));
    versions.put("libtorch", p.getProperty("pytorch"));
    versions.put("ONNX Runtime", p.getProperty("onnxruntime"));
    return versions;
  }
}
