package org.bitgaze.onnx;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bitgaze.choice.Named;
import org.bitgaze.image.Preprocessing;

/**
 * What a file does not say of its input: the small {@code mine.json} beside {@code mine.onnx}.
 *
 * @param layout how images lie in memory; what the input's shape tells if nothing is said
 * @param channels in which order the network takes colours; red first if nothing is said
 * @param preprocessing how images become the input, as {@link Preprocessing#parse} reads it, with
 *     mean and std of red, green and blue in this order; ImageNet's if nothing is said
 * @param targetLayer the tensor whose values a map weighs; see {@link OnnxNetwork#targetLayer} if
 *     nothing is said
 */
public record InputDescription(
    Optional<Layout> layout,
    Optional<Channels> channels,
    Optional<Preprocessing> preprocessing,
    Optional<String> targetLayer) {
  /** Nothing is said. */
  public static final InputDescription DEFAULT =
      new InputDescription(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  private static final int LARGEST = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How images lie in memory. */
  public enum Layout implements Named {
    /** Images, channels, rows, columns: PyTorch's. */
    NCHW("channels first"),
    /** Images, rows, columns, channels: TensorFlow's. */
    NHWC("channels last");

    private final String description;

    Layout(String description) {
      this.description = description;
    }

    @Override
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String description() {
      return description;
    }
  }

  /** In which order a network takes colours. */
  public enum Channels implements Named {
    /** Red, green, blue. */
    RGB("red first"),
    /** Blue, green, red. */
    BGR("blue first");

    private final String description;

    Channels(String description) {
      this.description = description;
    }

    @Override
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String description() {
      return description;
    }
  }

  /** The file's own form. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Text(
      String layout,
      String channels,
      String preprocessing,
      @JsonProperty("target_layer") String targetLayer) {}

  /**
   * Changes how images become the input.
   *
   * @param other what is done to them
   * @return a new description
   */
  public InputDescription with(Preprocessing other) {
    return new InputDescription(layout, channels, Optional.of(other), targetLayer);
  }

  /**
   * Completes the description.
   *
   * @param other what holds where this one says nothing
   * @return a new description
   */
  public InputDescription or(InputDescription other) {
    return new InputDescription(
        layout.or(other::layout),
        channels.or(other::channels),
        preprocessing.or(other::preprocessing),
        targetLayer.or(other::targetLayer));
  }

  /**
   * Names the file beside a model.
   *
   * @param model such as {@code mine.onnx}
   * @return such as {@code mine.json}
   */
  public static Path beside(Path model) {
    String name = model.getFileName().toString();
    String stem = name.endsWith(".onnx") ? name.substring(0, name.length() - 5) : name;
    return model.resolveSibling(stem + ".json");
  }

  /**
   * Reads the file beside a model.
   *
   * @param model the model's file
   * @return {@link #DEFAULT} if there is none
   * @throws OnnxException if it says what is not known, naming it
   * @throws IOException if it cannot be read
   */
  public static InputDescription of(Path model) throws IOException {
    Path file = beside(model);
    if (!Files.exists(file)) {
      return DEFAULT;
    }
    if (Files.size(file) > LARGEST) {
      throw new OnnxException(file + ": " + Files.size(file) + " bytes describe no input", null);
    }
    try {
      return parse(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new OnnxException(
          file + ": " + e.getOriginalMessage().lines().findFirst().orElse("is no JSON"), e);
    } catch (RuntimeException e) {
      throw new OnnxException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @param json an object with some of the parts
   * @return the description
   * @throws JsonProcessingException if it is no such object
   * @throws IllegalArgumentException if a part's value is not known
   */
  public static InputDescription parse(String json) throws JsonProcessingException {
    Text text = JSON.readValue(json, Text.class);
    return new InputDescription(
        Optional.ofNullable(text.layout).map(l -> Named.find(Layout.values(), "layout", l)),
        Optional.ofNullable(text.channels).map(c -> Named.find(Channels.values(), "channels", c)),
        Optional.ofNullable(text.preprocessing).map(Preprocessing::parse),
        Optional.ofNullable(text.targetLayer));
  }

  /**
   * Writes the description, every part of it that is known.
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), text());
  }

  private Text text() {
    return new Text(
        layout.map(Layout::id).orElse(null),
        channels.map(Channels::id).orElse(null),
        preprocessing.map(Preprocessing::toString).orElse(null),
        targetLayer.orElse(null));
  }

  /** Returns what {@link #parse} reads: JSON on one line, every part of it that is known. */
  @Override
  public String toString() {
    try {
      return JSON.writeValueAsString(text());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
