package org.bitgaze.pipelines.layers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The result of a layers job: {@code layers.json}.
 *
 * @param precisions the layers' precisions
 * @param images the number of images
 * @param models one each
 */
public record LayersResult(List<String> precisions, long images, List<ModelResult> models) {

  /** Writes the result. */
  public void write(Path file) throws IOException {
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }
}
