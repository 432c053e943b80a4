package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.explain.Answer;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Classification.ClassAnswer;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.Explainer;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.Objective;
import org.bitgaze.faithfulness.ImageJudge;
import org.bitgaze.faithfulness.ImageJudge.Judgement;
import org.bitgaze.faithfulness.ImageJudge.Question;
import org.bitgaze.faithfulness.NetworkInput;
import org.bitgaze.faithfulness.PixelOrder;
import org.bitgaze.faithfulness.RandomMap;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.Reference;
import org.bitgaze.quant.Configuration;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.JudgedMap;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.MapChecks;
import org.bitgaze.transforms.values.RandomizedMap;
import org.bitgaze.transforms.values.Reject;

/**
 * Tests the maps of one model on each image of a sample. Images are changed here, where their
 * pixels are, and run through the explainers that made the maps. A network that fails gets a {@link
 * Reject}, and the others keep their results.
 */
final class TestMapsFn extends DoFn<KV<String, LiveImage>, KV<String, LiveImage>> {
  private static final long serialVersionUID = 1L;
  private static final String F32 = Configuration.F32.name();

  private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.JUDGE_MILLIS);

  private final MapTests tests;
  private final ExplainedClass target;
  private final Packed<Networks> packed;
  private transient List<Judge> judges;
  private transient Map<Reference, Judge> randomized;

  /**
   * The networks that take part.
   *
   * @param judges one per precision of a model, f32 first
   * @param randomized the f32 network with random weights, by what is random
   */
  record Networks(List<ExplainerSpec> judges, Map<Reference, ExplainerSpec> randomized)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** An open network. */
  private record Judge(ExplainerSpec spec, Explainer explainer) {
    static Judge open(ExplainerSpec spec) throws IOException {
      return new Judge(spec, spec.open());
    }

    String label() {
      return spec.labels().get(0);
    }

    Explanation explain(String key, RgbImage crop, Answered explained, Optional<ImageSize> size) {
      Explainer.Input input =
          new Explainer.Input(
              key,
              crop,
              OptionalInt.of(explained.answer().mainClass()),
              Optional.of(explained.answer()),
              size);
      return explainer.explain(List.of(input)).get(0).get(0);
    }
  }

  TestMapsFn(MapTests tests, ExplainedClass target, Networks networks) {
    this.tests = tests;
    this.target = target;
    this.packed = Packed.of(networks);
  }

  /** Loads the networks before images come. */
  @Setup
  public void setup() throws IOException {
    judges = new ArrayList<>();
    randomized = new LinkedHashMap<>();
    Networks networks = packed.open();
    for (ExplainerSpec spec : networks.judges()) {
      judges.add(Judge.open(spec));
    }
    for (Map.Entry<Reference, ExplainerSpec> network : networks.randomized().entrySet()) {
      randomized.put(network.getKey(), Judge.open(network.getValue()));
    }
  }

  /** Tests the maps of an image of the sample. */
  @ProcessElement
  public void process(
      @Element KV<String, LiveImage> image, OutputReceiver<KV<String, LiveImage>> out) {
    LiveImage live = image.getValue();
    if (live.picture().isPresent() && tests.accepts(image.getKey())) {
      long start = System.nanoTime();
      Tested tested = new Tested(image.getKey(), live.picture().get(), live.maps());
      live = live.with(tested.run());
      millis.update((System.nanoTime() - start) / 1_000_000);
    }
    out.output(KV.of(image.getKey(), live));
  }

  /** Releases the networks. */
  @Teardown
  public void teardown() {
    if (judges != null) {
      judges.forEach(judge -> judge.explainer().close());
      randomized.values().forEach(judge -> judge.explainer().close());
    }
  }

  /** What becomes of an answer: the row that it belongs to. */
  private record Place(String precision, Reference reference) {}

  /** One image's tests. */
  private final class Tested {
    private final String key;
    private final Picture picture;
    private final ImageMaps maps;
    private final String model = judges.get(0).spec().modelId();
    private final Map<Preprocessing, ImageJudge> inputs = new HashMap<>();
    private final Map<Judge, Map<Question, Set<Place>>> questions = new LinkedHashMap<>();
    private final Map<Heatmap, Optional<PixelOrder>> orders = new HashMap<>();
    private Optional<PixelOrder> centre = Optional.empty();
    private final List<JudgedMap> judged = new ArrayList<>();
    private final List<RandomizedMap> found = new ArrayList<>();
    private final List<Reject> rejects = new ArrayList<>();

    Tested(String key, Picture picture, ImageMaps maps) {
      this.key = key;
      this.picture = picture;
      this.maps = maps;
    }

    ImageMaps run() {
      if (!tests.measures().isEmpty()) {
        for (Judge judge : judges) {
          attempt("faithfulness " + judge.label(), () -> prepare(judge));
        }
        questions.forEach(
            (judge, own) -> attempt("faithfulness " + judge.label(), () -> ask(judge, own)));
      }
      maps.cam(model, F32)
          .ifPresent(
              f32 ->
                  randomized.forEach(
                      (reference, network) ->
                          attempt(
                              "sanity " + reference, () -> randomize(f32, reference, network))));
      ImageMaps all = maps.with(new MapChecks(judged, found));
      for (Reject reject : rejects) {
        all = all.with(reject);
      }
      return all;
    }

    private void attempt(String stage, Runnable test) {
      try {
        test.run();
      } catch (RuntimeException e) {
        NativeMemory.check(e);
        rejected.inc();
        rejects.add(Reject.of(key, stage, model, e));
      }
    }

    private void randomize(CamMap f32, Reference reference, Judge network) {
      if (!f32.hasMap()) {
        return;
      }
      Answered explained = explained(f32).orElseThrow();
      Explanation map = network.explain(key, crop(network), explained, maps.size());
      if (map.status() == MapStatus.NOT_FINITE) {
        throw new ArithmeticException(map.problem().orElseThrow());
      }
      found.add(new RandomizedMap(model, reference, map.cam()));
    }

    private RgbImage crop(Judge judge) {
      return picture.crop(judge.spec().preprocessing());
    }

    /** Collects which maps a precision's network, and f32's, judge. */
    private void prepare(Judge judge) {
      Optional<CamMap> cam = maps.cam(model, judge.label()).filter(CamMap::hasMap);
      if (cam.isEmpty()) {
        return;
      }
      Framing seen = judge.spec().preprocessing().framing();
      Optional<Answered> answer = explained(cam.get());
      Optional<PixelOrder> order = answer.flatMap(known -> order(cam.get().cam(), seen));
      if (order.isEmpty()) {
        judged.add(new JudgedMap(model, judge.label(), Reference.NETWORK, Faithfulness.UNKNOWN));
        return;
      }
      Answered explained = answer.get();
      Heatmap own = cam.get().cam();
      Heatmap random = RandomMap.of(key, own.height(), own.width());
      add(judge, order, explained, judge, Reference.NETWORK);
      add(judge, order(random, seen), explained, judge, Reference.RANDOM_MAP);
      add(judge, Optional.of(centre(seen)), explained, judge, Reference.CENTRE_MAP);
      Judge f32 = judges.get(0);
      if (judge != f32 && f32.spec().preprocessing().equals(judge.spec().preprocessing())) {
        Optional<PixelOrder> other = order(f32Map(f32, explained), seen);
        add(judge, other, explained, judge, Reference.F32_MAP);
        // The same answer, by f32's outputs: a candidate's may be arranged otherwise.
        Optional<Answered> full =
            maps.cam(model, F32)
                .flatMap(this::explained)
                .map(known -> new Answered(known.objective(), explained.answer()));
        full.ifPresent(
            answered -> {
              add(f32, order, answered, judge, Reference.F32_NETWORK);
              add(f32, other, answered, judge, Reference.F32_BOTH);
            });
      }
    }

    /** The answer that a map explains; nothing if it is f32's, which failed. */
    private Optional<Answered> explained(CamMap cam) {
      if (cam.answer().isEmpty()) {
        // Whoever is how sure of it: a class is explained, and not somebody's answer.
        Answer explained = new ClassAnswer(cam.explainedClass(), 1);
        return Optional.of(new Answered(Objective.CLASSIFICATION, explained));
      }
      Optional<CamMap> decides =
          target == ExplainedClass.OWN ? Optional.of(cam) : maps.cam(model, F32);
      return decides
          .flatMap(CamMap::answer)
          .map(answered -> new Answered(cam.answer().get().objective(), answered.answer()));
    }

    /** f32's map of an answer; it is there already if that is the one that f32 explains. */
    private Heatmap f32Map(Judge f32, Answered explained) {
      return maps.cam(model, F32)
          .filter(
              cam -> explained(cam).map(Answered::answer).equals(Optional.of(explained.answer())))
          .map(CamMap::cam)
          .orElseGet(() -> f32.explain(key, crop(f32), explained, maps.size()).cam());
    }

    /** Equal maps have one order, so that they are judged once. */
    private Optional<PixelOrder> order(Heatmap map, Framing seen) {
      return orders.computeIfAbsent(map, m -> PixelOrder.of(m, seen.height(), seen.width()));
    }

    private PixelOrder centre(Framing seen) {
      if (centre.isEmpty() || centre.get().size() != seen.height() * seen.width()) {
        centre = Optional.of(PixelOrder.ofCentre(seen.height(), seen.width()));
      }
      return centre.get();
    }

    private void add(
        Judge judge,
        Optional<PixelOrder> order,
        Answered explained,
        Judge precision,
        Reference reference) {
      order.ifPresent(
          o ->
              questions
                  .computeIfAbsent(judge, j -> new LinkedHashMap<>())
                  .computeIfAbsent(new Question(o, explained), q -> new LinkedHashSet<>())
                  .add(new Place(precision.label(), reference)));
    }

    private void ask(Judge judge, Map<Question, Set<Place>> own) {
      Preprocessing preprocessing = judge.spec().preprocessing();
      ImageJudge image =
          inputs.computeIfAbsent(
              preprocessing,
              p ->
                  new ImageJudge(
                      NetworkInput.of(crop(judge), p.normalization()), key, tests.measures()));
      List<Question> asked = new ArrayList<>(own.keySet());
      List<Judgement> answers =
          image.judge(judge.explainer()::outputs, judge.spec().batchSize(), asked);
      for (int i = 0; i < asked.size(); i++) {
        for (Place place : own.get(asked.get(i))) {
          judged.add(
              new JudgedMap(model, place.precision(), place.reference(), answers.get(i).scores()));
        }
      }
    }
  }
}
