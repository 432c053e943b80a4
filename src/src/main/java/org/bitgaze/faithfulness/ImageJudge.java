package org.bitgaze.faithfulness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bitgaze.explain.Answered;
import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.StandardMeasure;

/**
 * Judges maps of one image: changes its pixels in a map's order, and asks a network for the
 * probability of the explained answer. Any network may judge any map. Not for several threads.
 */
public final class ImageJudge {
  private final NetworkInput input;
  private final Optional<NetworkInput> blurred;
  private final String key;
  private final Set<? extends Measure> measures;
  private final Map<PixelOrder, List<float[]>> imputed = new HashMap<>();

  /**
   * Prepares an image.
   *
   * @param input what the network sees of it
   * @param key the image's key, which chooses the noise
   * @param measures measures of faithfulness that are wanted; others are ignored
   */
  public ImageJudge(NetworkInput input, String key, Set<? extends Measure> measures) {
    this.input = input;
    this.key = key;
    this.measures = measures;
    this.blurred =
        wants(StandardMeasure.INSERTION) ? Optional.of(Blur.of(input)) : Optional.empty();
  }

  private boolean wants(Measure measure) {
    return measures.contains(measure);
  }

  /**
   * A map to judge.
   *
   * @param order the pixels as the map ranks them
   * @param explained the answer that the map explains, and what the network's outputs mean; it has
   *     something to explain
   */
  public record Question(PixelOrder order, Answered explained) {
    double probability(float[] outputs) {
      return explained.objective().probability(outputs, explained.answer());
    }
  }

  /**
   * What a network's answers say of a map.
   *
   * @param confidence probability of the explained answer for the unchanged image
   * @param insertion probabilities while pixels are added to the blurred image
   * @param deletion probabilities while pixels are removed
   * @param road probabilities for {@link Road#inputs}
   */
  public record Judgement(
      double confidence,
      Optional<Curve> insertion,
      Optional<Curve> deletion,
      Optional<double[]> road) {

    /** {@return the scores of the curves} */
    public Faithfulness scores() {
      return new Faithfulness(
          OptionalDouble.of(confidence),
          score(insertion.map(Curve::area)),
          score(deletion.map(Curve::area)),
          score(road.map(Road::score)));
    }

    private static OptionalDouble score(Optional<Double> value) {
      return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }
  }

  /**
   * Returns the number of forward passes that judging takes.
   *
   * @param maps number of maps that one network judges for one image
   * @param measures measures of faithfulness
   * @return passes for the unchanged, blurred and removed image, and for all steps of all maps
   */
  public static long passes(long maps, Set<? extends Measure> measures) {
    boolean insertion = measures.contains(StandardMeasure.INSERTION);
    boolean deletion = measures.contains(StandardMeasure.DELETION);
    int steps = StepStates.STEPS - 1;
    int perMap = (insertion ? steps : 0) + (deletion ? steps : 0);
    perMap += measures.contains(StandardMeasure.ROAD) ? 2 * Road.PERCENTAGES.size() : 0;
    return 1 + (insertion ? 1 : 0) + (deletion ? 1 : 0) + maps * perMap;
  }

  /**
   * Asks a network.
   *
   * @param network computes the outputs of inputs, in their order
   * @param batchSize number of inputs that the network takes at once, at least 1
   * @param questions the maps to judge
   * @return one judgement per question, in order
   */
  public List<Judgement> judge(
      UnaryOperator<List<float[]>> network, int batchSize, List<Question> questions) {
    Batch batch = new Batch(network, batchSize);
    UnaryOperator<float[]> all = outputs -> outputs;
    List<float[]> whole = batch.ask(List.of(input.values()), all);
    List<float[]> start = blurred.map(b -> batch.ask(List.of(b.values()), all)).orElse(List.of());
    boolean deletes = wants(StandardMeasure.DELETION);
    NetworkInput zeros = input.zeros();
    List<float[]> end = deletes ? batch.ask(List.of(zeros.values()), all) : List.of();
    // Of the states of a map, only the probability is kept: a detector has many outputs.
    List<List<Double>> inserted = new ArrayList<>();
    List<List<Double>> deleted = new ArrayList<>();
    List<List<Double>> removed = new ArrayList<>();
    for (Question question : questions) {
      PixelOrder order = question.order();
      blurred.ifPresent(
          b -> inserted.add(batch.ask(new StepStates(b, input, order), question::probability)));
      if (deletes) {
        deleted.add(batch.ask(new StepStates(input, zeros, order), question::probability));
      }
      if (wants(StandardMeasure.ROAD)) {
        List<float[]> inputs = imputed.computeIfAbsent(order, o -> Road.inputs(input, o, key));
        removed.add(batch.ask(inputs, question::probability));
      }
    }
    batch.flush();
    return IntStream.range(0, questions.size())
        .mapToObj(
            i -> {
              Question question = questions.get(i);
              return new Judgement(
                  question.probability(whole.get(0)),
                  curve(inserted, i, start, whole, question),
                  curve(deleted, i, whole, end, question),
                  removed.isEmpty() ? Optional.empty() : Optional.of(numbers(removed.get(i))));
            })
        .toList();
  }

  private static Optional<Curve> curve(
      List<List<Double>> all,
      int index,
      List<float[]> start,
      List<float[]> end,
      Question question) {
    if (all.isEmpty()) {
      return Optional.empty();
    }
    List<Double> probabilities = new ArrayList<>();
    start.forEach(outputs -> probabilities.add(question.probability(outputs)));
    probabilities.addAll(all.get(index));
    end.forEach(outputs -> probabilities.add(question.probability(outputs)));
    return Optional.of(new Curve(numbers(probabilities)));
  }

  private static double[] numbers(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Inputs of several questions share native calls, so that few calls are not full. */
  private static final class Batch {
    private final UnaryOperator<List<float[]>> network;
    private final int size;
    private final List<float[]> inputs = new ArrayList<>();
    private final List<Consumer<float[]>> receivers = new ArrayList<>();

    Batch(UnaryOperator<List<float[]>> network, int size) {
      this.network = network;
      this.size = size;
    }

    /** Returns a list that has what is kept of all outputs after {@link #flush}. */
    <T> List<T> ask(Iterable<float[]> more, Function<float[], T> kept) {
      List<T> all = new ArrayList<>();
      for (float[] input : more) {
        inputs.add(input);
        receivers.add(outputs -> all.add(kept.apply(outputs)));
        if (inputs.size() == size) {
          flush();
        }
      }
      return all;
    }

    void flush() {
      if (inputs.isEmpty()) {
        return;
      }
      List<float[]> outputs = network.apply(List.copyOf(inputs));
      for (int i = 0; i < outputs.size(); i++) {
        receivers.get(i).accept(outputs.get(i));
      }
      inputs.clear();
      receivers.clear();
    }
  }
}
