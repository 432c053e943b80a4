package org.bitgaze.pipelines.layers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a job over layers found: {@code layers.json}.
 *
 * @param precisions of the layers
 * @param images how many were swept
 * @param models one each
 */
public record LayersResult(List<String> precisions, long images, List<ModelResult> models) {

  /**
   * Writes the result.
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }
}
