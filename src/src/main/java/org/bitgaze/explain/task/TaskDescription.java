package org.bitgaze.explain.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.choice.Named;

/**
 * What is said of a network's outputs, in text such as {@code detection,layout=boxes,boxes=pixels}.
 *
 * @param task what the outputs mean
 * @param layout how they are arranged: {@code nchw} or {@code nhwc} of segmentation, {@code v8},
 *     {@code v5} or {@code boxes} of detection
 * @param fractions whether boxes are fractions of the input, not pixels
 * @param background whether the first score is that of the background
 */
public record TaskDescription(
    Task task, Optional<String> layout, Optional<Boolean> fractions, Optional<Boolean> background) {
  private static final String FRACTIONS = "fractions";
  private static final String PIXELS = "pixels";

  /**
   * Names a task whose outputs tell the rest.
   *
   * @param task what the outputs mean
   * @return the description
   */
  public static TaskDescription of(Task task) {
    return new TaskDescription(task, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @param text a task, and perhaps {@code layout}, {@code boxes} and {@code background}
   * @return the description
   * @throws IllegalArgumentException if a part is unknown or does not belong to the task
   */
  public static TaskDescription parse(String text) {
    String[] parts = text.strip().split("\\s*,\\s*");
    Task task = Named.find(Task.values(), "task", parts[0]);
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] sides = parts[i].split("=", 2);
      if (sides.length != 2 || !known(task).contains(sides[0])) {
        throw new IllegalArgumentException(
            "task '"
                + text
                + "': '"
                + parts[i]
                + "' is not one of "
                + (known(task).isEmpty() ? "its options: it has none" : known(task)));
      }
      options.put(sides[0], sides[1]);
    }
    List<String> layouts =
        task == Task.SEGMENTATION ? List.of("nchw", "nhwc") : List.of("v8", "v5", "boxes");
    return new TaskDescription(
        task,
        Optional.ofNullable(options.get("layout")).map(v -> among(layouts, "layout", v)),
        Optional.ofNullable(options.get("boxes"))
            .map(v -> among(List.of(FRACTIONS, PIXELS), "boxes", v).equals(FRACTIONS)),
        Optional.ofNullable(options.get("background"))
            .map(v -> among(List.of("true", "false"), "background", v).equals("true")));
  }

  private static List<String> known(Task task) {
    return switch (task) {
      case SEGMENTATION -> List.of("layout");
      case DETECTION -> List.of("layout", "boxes", "background");
      default -> List.of();
    };
  }

  private static String among(List<String> values, String name, String value) {
    if (!values.contains(value)) {
      throw new IllegalArgumentException(
          "task " + name + "=" + value + " is not one of " + String.join(", ", values));
    }
    return value;
  }

  /** {@return the description, as {@link #parse} reads it} */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>(List.of(task.id()));
    layout.ifPresent(l -> parts.add("layout=" + l));
    fractions.ifPresent(f -> parts.add("boxes=" + (f ? FRACTIONS : PIXELS)));
    background.ifPresent(b -> parts.add("background=" + b));
    return String.join(",", parts);
  }
}
