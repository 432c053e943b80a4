package org.bitgaze.onnx;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Binary;
import org.bitgaze.explain.task.Detection;
import org.bitgaze.explain.task.Detection.Layout;
import org.bitgaze.explain.task.MultiLabel;
import org.bitgaze.explain.task.Segmentation;
import org.bitgaze.explain.task.Task;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.file.Quoted;
import org.bitgaze.weights.Tensor;

/**
 * What a network's outputs mean, by their shapes and the function that the scores end with.
 *
 * @param objective what the outputs mean
 * @param scores the output with the scores
 * @param boxes a detector's output with the boxes, if it is another one
 * @param notices what was assumed
 */
record TaskObjective(
    Objective objective, Output scores, Optional<Output> boxes, List<String> notices) {

  /**
   * One of the file's outputs.
   *
   * @param name in the file
   * @param shape without the batch
   */
  record Output(String name, int[] shape) {
    /** {@return the numbers of each anchor; 0 if the file does not say them} */
    int numbers() {
      return shape.length == 2 ? shape[1] : 0;
    }

    /** {@return whether the file says the shape} */
    boolean isKnown() {
      return shape.length > 0 && Arrays.stream(shape).allMatch(size -> size > 0);
    }

    int elements() {
      return Math.toIntExact(Tensor.elements(shape));
    }

    @Override
    public String toString() {
      String sizes = Arrays.stream(shape).mapToObj(String::valueOf).collect(joining(" x "));
      return "'" + Quoted.of(name) + "' (N x " + sizes + ")";
    }
  }

  /**
   * Decides what the only output means.
   *
   * @param task that the output has
   * @param output the output
   * @param scores what the scores are; the objective reads logits, and of a detector with other
   *     scores these, too
   * @param size of the input
   * @param said what is described
   * @return what the output means
   * @throws IllegalArgumentException if the output does not fit the task, or leaves a doubt
   */
  static TaskObjective of(
      Task task, Output output, Scores scores, Size size, Optional<TaskDescription> said) {
    int[] shape = output.shape();
    boolean perImage = shape.length < 3 || Tensor.elements(shape) == shape[0];
    switch (task) {
      case BINARY -> {
        require(output, task, perImage && output.elements() == 1, "N x 1");
        return said.isEmpty() && scores == Scores.LOGITS
            ? of(
                new Binary(),
                output,
                output + " is taken as the logit of a yes or no; a regression cannot be explained")
            : of(new Binary(), output);
      }
      case MULTILABEL -> {
        require(output, task, perImage && output.elements() > 1, "N x classes");
        return of(new MultiLabel(output.elements()), output);
      }
      case SEGMENTATION -> {
        require(output, task, shape.length == 3, "N x classes x height x width");
        boolean last = isChannelsLast(output, size, said);
        if (said.isEmpty() && shape[last ? 2 : 0] == 1) {
          throw new IllegalArgumentException(
              "its output is "
                  + output
                  + ": one number per pixel; say --task segmentation if it is a class against the"
                  + " background, or --saliency onnx:FILE if it is a saliency map");
        }
        return of(
            last
                ? new Segmentation(shape[2], shape[0], shape[1], true)
                : new Segmentation(shape[0], shape[1], shape[2], false),
            output);
      }
      case DETECTION -> {
        return of(yolo(output, scores, said), output);
      }
      default -> throw new IllegalArgumentException("its output is " + output + ", not classes");
    }
  }

  private static TaskObjective of(Objective objective, Output output, String... notices) {
    return new TaskObjective(objective, output, Optional.empty(), List.of(notices));
  }

  private static void require(Output output, Task task, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          "its output is " + output + ", but " + task.id() + " has " + expected);
    }
  }

  private static boolean isChannelsLast(Output output, Size size, Optional<TaskDescription> said) {
    Optional<String> layout = said.flatMap(TaskDescription::layout);
    if (layout.isPresent()) {
      return layout.get().equals("nhwc");
    }
    int[] shape = output.shape();
    boolean first = hasProportions(shape[1], shape[2], size);
    boolean last = hasProportions(shape[0], shape[1], size);
    if (first == last) {
      throw new IllegalArgumentException(
          "its output is "
              + output
              + ": which of these are height and width? say --task segmentation,layout=nchw or nhwc");
    }
    return last;
  }

  private static boolean hasProportions(int height, int width, Size size) {
    return (long) height * size.width() == (long) width * size.height();
  }

  private static Detection yolo(Output output, Scores scores, Optional<TaskDescription> said) {
    int[] shape = output.shape();
    require(output, Task.DETECTION, shape.length == 2, "N x anchors x numbers, or two outputs");
    Layout layout =
        said.flatMap(TaskDescription::layout)
            .map(id -> Layout.valueOf(id.toUpperCase(Locale.ROOT)))
            .orElse(shape[1] > shape[0] ? Layout.V8 : Layout.V5);
    boolean rows = layout == Layout.V8;
    int anchors = rows ? shape[1] : shape[0];
    int classes = (rows ? shape[0] - 4 : shape[1] - 5);
    require(
        output,
        Task.DETECTION,
        layout != Layout.BOXES && classes > 0,
        "two outputs, or N x (4 + classes) x anchors (v8), or N x anchors x (5 + classes) (v5)");
    if (!rows && scores == Scores.LOGITS) {
      throw new IllegalArgumentException(
          "the scores of "
              + output
              + " end with no sigmoid: a score is the product of two probabilities; export the"
              + " network with its sigmoid");
    }
    int at = scores == Scores.LOGITS ? 0 : output.elements();
    return new Detection(layout, classes, anchors, false, at, at, 1, 1);
  }

  /**
   * Decides which of several outputs has a detector's boxes.
   *
   * @param outputs all outputs
   * @param said what is described
   * @return the output with four numbers for each anchor; by its name, if both have four, or the
   *     file does not say their shapes
   * @throws IllegalArgumentException if these are not a detector's boxes and scores
   */
  static Output boxes(List<Output> outputs, Optional<TaskDescription> said) {
    boolean other = said.map(TaskDescription::task).filter(t -> t != Task.DETECTION).isPresent();
    Optional<Output> boxes = outputs.size() == 2 ? boxes(outputs) : Optional.empty();
    if (boxes.isEmpty() || other) {
      throw new IllegalArgumentException(
          ("has %d outputs: %s; choose the one with the scores of the classes with --outputs NAME, or"
                  + " a detector's boxes and scores with --outputs BOXES,SCORES")
              .formatted(
                  outputs.size(),
                  outputs.stream()
                      .map(output -> "'" + Quoted.of(output.name()) + "'")
                      .collect(joining(", "))));
    }
    return boxes.get();
  }

  private static Optional<Output> boxes(List<Output> outputs) {
    Output a = outputs.get(0);
    Output b = outputs.get(1);
    boolean pairs = a.shape().length == 2 && b.shape().length == 2 && a.shape()[0] == b.shape()[0];
    if (a.isKnown() && b.isKnown() && !pairs) {
      return Optional.empty();
    }
    boolean first = a.numbers() == 4;
    boolean second = b.numbers() == 4;
    if (a.numbers() == 0 || b.numbers() == 0 || (first && second)) {
      first = isNamedBoxes(a);
      second = isNamedBoxes(b);
    }
    return first == second ? Optional.empty() : Optional.of(first ? a : b);
  }

  private static boolean isNamedBoxes(Output output) {
    String name = output.name().toLowerCase(Locale.ROOT);
    return name.contains("box") || name.matches("(.*[^a-z])?loc.*");
  }

  /**
   * Decides what a detector's two outputs mean.
   *
   * @param outputs both
   * @param scores what the scores are
   * @param size of the input
   * @param said what is described
   * @return what the outputs mean
   * @throws IllegalArgumentException if they leave a doubt
   */
  static TaskObjective of(
      List<Output> outputs, Scores scores, Size size, Optional<TaskDescription> said) {
    Output box = boxes(outputs, said);
    Output score = outputs.get(outputs.get(0) == box ? 1 : 0);
    Optional<Boolean> known = said.flatMap(TaskDescription::background);
    if (known.isEmpty() && scores == Scores.LOGITS) {
      throw new IllegalArgumentException(
          "the scores "
              + score
              + " end with no sigmoid or softmax: is the first that of the background? say --task"
              + " detection,background=true or false");
    }
    boolean background = known.orElse(scores == Scores.PROBABILITIES);
    List<String> notices = new ArrayList<>();
    Optional<Boolean> fractions = said.flatMap(TaskDescription::fractions);
    if (fractions.isEmpty()) {
      notices.add(
          box
              + " is taken as corners x1, y1, x2, y2 in fractions of the input; --task"
              + " detection,boxes=pixels says otherwise");
    }
    boolean scaled = fractions.orElse(true);
    int scoresAt = scores == Scores.LOGITS ? 0 : score.elements();
    int classes = score.shape()[1] - (background ? 1 : 0);
    require(score, Task.DETECTION, classes > 0, "a score for each class");
    Detection objective =
        new Detection(
            Layout.BOXES,
            classes,
            score.shape()[0],
            background,
            scoresAt,
            scoresAt + score.elements(),
            scaled ? size.width() : 1,
            scaled ? size.height() : 1);
    return new TaskObjective(objective, score, Optional.of(box), notices);
  }
}
