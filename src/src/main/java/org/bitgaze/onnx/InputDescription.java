package org.bitgaze.onnx;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.task.Task;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.file.Quoted;

/**
 * Describes the input and output of a network: the small file {@code mine.json} beside {@code
 * mine.onnx}.
 *
 * @param layout the order of the input's dimensions; if empty, its shape decides
 * @param channels the order of the colors; if empty, red first
 * @param preprocessing the preprocessing of images, in the form of {@link Preprocessing#parse},
 *     with mean and std of red, green and blue in this order; if empty, ImageNet's
 * @param targetLayer the tensor whose values a map weighs; several with commas between; if empty,
 *     see {@link OnnxNetwork#targetLayer}
 * @param size height and width of the input, if the file does not fix them
 * @param output the output with the scores of the classes, of a file with several outputs; or a
 *     detector's boxes and scores, with a comma between
 * @param task what the outputs mean; if empty, they tell it
 */
public record InputDescription(
    Optional<Layout> layout,
    Optional<Channels> channels,
    Optional<Preprocessing> preprocessing,
    Optional<String> targetLayer,
    Optional<Size> size,
    Optional<String> output,
    Optional<TaskDescription> task) {
  /** All is empty. */
  public static final InputDescription DEFAULT =
      new InputDescription(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static final int MAX_BYTES = 1 << 16;
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");
  private static final String KEYS =
      "layout, channels, preprocessing, target_layer, size, output, task";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The order of the input's dimensions. */
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

  /** The order of the colors. */
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
      @JsonProperty("target_layer") String targetLayer,
      String size,
      String output,
      String task) {}

  /**
   * Sets the preprocessing of images.
   *
   * @param other the preprocessing
   * @return a new description
   */
  public InputDescription with(Preprocessing other) {
    return new InputDescription(
        layout, channels, Optional.of(other), targetLayer, size, output, task);
  }

  /**
   * Chooses the output with the scores of the classes.
   *
   * @param name of the output
   * @return a new description
   */
  public InputDescription withOutput(String name) {
    return new InputDescription(
        layout, channels, preprocessing, targetLayer, size, Optional.of(name), task);
  }

  /** {@return whether another task than classification is described} */
  public boolean isOfOtherTask() {
    return task.filter(said -> said.task() != Task.CLASSIFICATION).isPresent();
  }

  /**
   * Says what the outputs mean.
   *
   * @param meaning of the outputs
   * @return a new description
   */
  public InputDescription with(TaskDescription meaning) {
    return new InputDescription(
        layout, channels, preprocessing, targetLayer, size, output, Optional.of(meaning));
  }

  /**
   * Sets the order of the colors.
   *
   * @param order of the colors
   * @return a new description
   */
  public InputDescription with(Channels order) {
    return new InputDescription(
        layout, Optional.of(order), preprocessing, targetLayer, size, output, task);
  }

  /**
   * Chooses the target layer.
   *
   * @param layer the name of a tensor, or empty for the last possible one
   * @return a new description
   */
  public InputDescription withTargetLayer(Optional<String> layer) {
    return new InputDescription(layout, channels, preprocessing, layer, size, output, task);
  }

  /**
   * Completes the description.
   *
   * @param other replaces what is empty in this one
   * @return a new description
   */
  public InputDescription or(InputDescription other) {
    return new InputDescription(
        layout.or(other::layout),
        channels.or(other::channels),
        preprocessing.or(other::preprocessing),
        targetLayer.or(other::targetLayer),
        size.or(other::size),
        output.or(other::output),
        task.or(other::task));
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
   * @throws OnnxException if it is not such a description, naming the problem
   * @throws IOException if it cannot be read
   */
  public static InputDescription of(Path model) throws IOException {
    Path file = beside(model);
    if (!Files.exists(file)) {
      return DEFAULT;
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new OnnxException(
          file + ": " + Files.size(file) + " bytes are too many for the description of an input",
          null);
    }
    try {
      return parse(Files.readString(file));
    } catch (UnrecognizedPropertyException e) {
      throw new OnnxException(
          ("%s: is not the description of a model's input: unknown key '%s'; known keys are %s;"
                  + " if another program wrote it, move it elsewhere")
              .formatted(file, Quoted.of(e.getPropertyName()), KEYS),
          e);
    } catch (JsonProcessingException e) {
      throw new OnnxException(
          file + ": " + e.getOriginalMessage().lines().findFirst().orElse("is not JSON"), e);
    } catch (RuntimeException e) {
      throw new OnnxException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @param json an object with some of the parts
   * @return the description
   * @throws JsonProcessingException if it is not such an object
   * @throws IllegalArgumentException if a part's value is unknown
   */
  public static InputDescription parse(String json) throws JsonProcessingException {
    Text text = JSON.readValue(json, Text.class);
    return new InputDescription(
        Optional.ofNullable(text.layout).map(l -> Named.find(Layout.values(), "layout", l)),
        Optional.ofNullable(text.channels).map(c -> Named.find(Channels.values(), "channels", c)),
        Optional.ofNullable(text.preprocessing).map(Preprocessing::parse),
        Optional.ofNullable(text.targetLayer),
        Optional.ofNullable(text.size).map(InputDescription::size),
        Optional.ofNullable(text.output),
        Optional.ofNullable(text.task).map(TaskDescription::parse));
  }

  /**
   * Writes the description, without what is empty.
   *
   * @param file the file to write
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
        targetLayer.orElse(null),
        size.map(s -> s.height() + "x" + s.width()).orElse(null),
        output.orElse(null),
        task.map(TaskDescription::toString).orElse(null));
  }

  private static Size size(String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "size is '" + text + "'; expected is HEIGHTxWIDTH, such as 224x224");
    }
    return new Size(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  /** {@return what {@link #parse} reads: JSON on one line, without what is empty} */
  @Override
  public String toString() {
    try {
      return JSON.writeValueAsString(text());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
