package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.LayerPrecision;

/**
 * {@code mixed.json}: the precision of each layer of one or several models.
 *
 * @param models model id to its layers' precisions
 */
public record MixedFile(Map<String, Layers> models) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A file for a hundred thousand layers is smaller. */
  private static final long MAX_BYTES = 16 << 20;

  /**
   * One model's precisions, each as {@link LayerPrecision} writes it.
   *
   * @param otherwise the precision of all layers that are not named
   * @param layers a layer's name to its precision
   */
  public record Layers(String otherwise, Map<String, String> layers) {}

  /**
   * Writes the configurations of models.
   *
   * @param models model id to configuration
   */
  public static void write(Map<String, Configuration> models, Path file) throws IOException {
    Map<String, Layers> all = new LinkedHashMap<>();
    models.forEach(
        (id, configuration) -> {
          Map<String, String> layers = new LinkedHashMap<>();
          configuration.layers().forEach((layer, p) -> layers.put(layer, p.toString()));
          all.put(id, new Layers(configuration.otherwise().toString(), layers));
        });
    JSON.writeValue(file.toFile(), new MixedFile(all));
  }

  /**
   * Reads a file.
   *
   * @return its content; all precisions are valid
   * @throws IOException if the file cannot be read, or is not a mixed precision; the message names
   *     it
   */
  public static MixedFile read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it has " + Files.size(file) + " bytes, more than " + MAX_BYTES);
      }
      MixedFile read = JSON.readValue(file.toFile(), MixedFile.class);
      if (read == null || read.models == null) {
        throw new IOException("it lacks models");
      }
      for (Map.Entry<String, Layers> model : read.models.entrySet()) {
        Layers layers = model.getValue();
        if (layers == null || layers.otherwise == null || layers.layers == null) {
          throw new IOException("model '" + model.getKey() + "' lacks otherwise or layers");
        }
        for (Map.Entry<String, String> layer : layers.layers.entrySet()) {
          if (layer.getValue() == null) {
            throw new IOException("layer '" + layer.getKey() + "' lacks a precision");
          }
        }
        read.configuration(model.getKey(), "");
      }
      return read;
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + " is not a mixed precision: " + reason, e);
    }
  }

  /**
   * Finds a model's configuration.
   *
   * @param name the configuration's name in tables
   * @return the configuration
   * @throws IllegalArgumentException if the file does not have the model; the message lists those
   *     it has
   */
  public Configuration configuration(String model, String name) {
    Layers found = models.get(model);
    if (found == null) {
      throw new IllegalArgumentException(
          "the mixed precision does not have model '" + model + "', only " + models.keySet());
    }
    Map<String, LayerPrecision> layers = new LinkedHashMap<>();
    found.layers.forEach((layer, text) -> layers.put(layer, LayerPrecision.parse(text)));
    return new Configuration(name, LayerPrecision.parse(found.otherwise), layers);
  }
}
