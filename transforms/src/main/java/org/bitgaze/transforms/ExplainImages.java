package org.bitgaze.transforms;

import com.google.auto.value.AutoValue;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.explain.AveragedTargets;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.ExplainerSpec;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.perturb.Perturbations;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.measure.Reference;
import org.bitgaze.model.Model;
import org.bitgaze.model.ModelInfo;
import org.bitgaze.model.RandomWeights;
import org.bitgaze.network.Mode;
import org.bitgaze.ort.OrtPrecision;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.ForwardPrecision;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.SinglePrecision;
import org.bitgaze.torch.Sweep;
import org.bitgaze.torch.SweepKey;
import org.bitgaze.torch.TaskPrecision;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Adds one model's class activation maps to each image, at f32 and then at other precisions, a step
 * for each. What cannot be explained gets a {@link org.bitgaze.transforms.values.Reject}, and what
 * needs the failed map is skipped.
 *
 * <pre>{@code
 * images.apply(ExplainImages.of(model).withPrecisions("f32", "int8").withCalibration(calibration));
 * }</pre>
 */
@AutoValue
public abstract class ExplainImages
    extends PTransform<PCollection<KV<String, LiveImage>>, PCollection<KV<String, LiveImage>>> {
  private static final long serialVersionUID = 1L;

  /**
   * Returns the model.
   *
   * @return what is explained
   */
  public abstract Model getModel();

  /**
   * Returns the configurations.
   *
   * @return in the order in which they run, {@link Configuration#F32} first
   */
  public abstract List<Configuration> getConfigurations();

  /**
   * Returns the replacement models.
   *
   * @return the candidates, in the order in which they run
   */
  public abstract List<Candidate> getCandidates();

  abstract Optional<MapMethod> getMethod();

  /**
   * Returns the map method.
   *
   * @return the chosen method, else the model's default: Grad-CAM for tokens and for attention in
   *     windows, Grad-CAM++ for other classifiers, and that of another task
   * @throws UncheckedIOException if none was chosen and the model cannot be opened
   */
  public MapMethod getCam() {
    return getMethod().orElseGet(this::defaultMethod);
  }

  private MapMethod defaultMethod() {
    try {
      return getModel().info().defaultMethod();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  abstract ExplainedClass getTarget();

  abstract Optional<Calibration> getCalibration();

  abstract Map<String, Calibration> getOwnCalibrations();

  abstract Arithmetic getArithmetic();

  abstract OptionalInt getBatchSize();

  abstract OptionalInt getPerturbations();

  abstract int getThreads();

  abstract boolean isTogether();

  /**
   * Returns the tests of the maps.
   *
   * @return what is tested beside computing the maps
   */
  public abstract MapTests getTests();

  abstract Builder toBuilder();

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder setModel(Model model);

    abstract Builder setConfigurations(List<Configuration> configurations);

    abstract Builder setCandidates(List<Candidate> candidates);

    abstract Builder setMethod(MapMethod method);

    abstract Builder setTarget(ExplainedClass target);

    abstract Builder setCalibration(Calibration calibration);

    abstract Builder setOwnCalibrations(Map<String, Calibration> calibrations);

    abstract Builder setArithmetic(Arithmetic arithmetic);

    abstract Builder setBatchSize(int size);

    abstract Builder setPerturbations(int number);

    abstract Builder setThreads(int threads);

    abstract Builder setTogether(boolean together);

    abstract Builder setTests(MapTests tests);

    abstract ExplainImages build();
  }

  /**
   * Explains at f32 alone, by the model's default method, see {@link #getCam}.
   *
   * @param model the model
   * @return the transform
   */
  public static ExplainImages of(Model model) {
    return new AutoValue_ExplainImages.Builder()
        .setModel(model)
        .setConfigurations(List.of(Configuration.F32))
        .setCandidates(List.of())
        .setTarget(ExplainedClass.REFERENCE)
        .setOwnCalibrations(Map.of())
        .setArithmetic(Arithmetic.SIMULATED)
        .setThreads(1)
        .setTogether(false)
        .setTests(MapTests.NONE)
        .build();
  }

  /**
   * Chooses the precisions.
   *
   * @param names such as {@code int8} or {@code int4-per-channel}; f32, the reference, always runs
   * @return a new transform
   * @throws IllegalArgumentException if one is unknown
   */
  public ExplainImages withPrecisions(String... names) {
    return withPrecisions(Arrays.stream(names).map(Configuration::of).toList());
  }

  /**
   * Chooses the precisions of the layers.
   *
   * @param configurations of different names, in the order in which they run, after f32
   * @return a new transform
   */
  public ExplainImages withPrecisions(List<Configuration> configurations) {
    Set<Configuration> all = new LinkedHashSet<>(List.of(Configuration.F32));
    all.addAll(configurations);
    return toBuilder().setConfigurations(new ArrayList<>(all)).build();
  }

  /**
   * A replacement model.
   *
   * @param label the name of its maps, where others have their precision
   * @param model the network as it is: at full precision, or quantized as it is deployed
   */
  public record Candidate(String label, Model model) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Adds a replacement model, such as the same network quantized by some tool, or pruned. Its maps
   * are compared with the model's at f32, like those of a precision.
   *
   * @param label letters, digits, {@code _}, {@code -} and {@code .}; none of the precisions
   * @param candidate sees the same part of an image as the model
   * @return a new transform
   * @throws IllegalArgumentException if the label has other characters
   */
  public ExplainImages withCandidate(String label, Model candidate) {
    List<Candidate> all = new ArrayList<>(getCandidates());
    all.add(new Candidate(candidate.named(label).id(), candidate));
    return toBuilder().setCandidates(List.copyOf(all)).build();
  }

  /** {@return the model and its candidates, in the order in which they run} */
  public List<Model> models() {
    List<Model> models = new ArrayList<>(List.of(getModel()));
    getCandidates().forEach(c -> models.add(c.model()));
    return models;
  }

  /**
   * Chooses the map method.
   *
   * @param method the method
   * @return a new transform
   */
  public ExplainImages withMethod(MapMethod method) {
    return toBuilder().setMethod(method).build();
  }

  /**
   * Chooses the class that is explained.
   *
   * @param mode the choice; {@link ExplainedClass#LABEL} wants images that know their label
   * @return a new transform
   */
  public ExplainImages withTarget(ExplainedClass mode) {
    return toBuilder().setTarget(mode).build();
  }

  /**
   * Quantizes activations by ranges that were calibrated, instead of by each image's own.
   *
   * @param calibration has the model's ranges
   * @return a new transform
   */
  public ExplainImages withCalibration(Calibration calibration) {
    return toBuilder().setCalibration(calibration).build();
  }

  /**
   * Gives some configurations calibrations of their own, so that several calibrations can be
   * compared.
   *
   * @param calibrations the name of a configuration to the calibration that has its ranges
   * @return a new transform
   */
  public ExplainImages withCalibrations(Map<String, Calibration> calibrations) {
    return toBuilder().setOwnCalibrations(Map.copyOf(calibrations)).build();
  }

  /**
   * Chooses what quantized networks compute with, up to the target layer. Integers need calibrated
   * ranges; precisions that have no integer kernels stay simulated, see {@link Arithmetic#at}.
   *
   * @param arithmetic the arithmetic
   * @return a new transform
   */
  public ExplainImages withArithmetic(Arithmetic arithmetic) {
    return toBuilder().setArithmetic(arithmetic).build();
  }

  /**
   * Chooses what runs the model; candidates have an engine of their own, see {@link
   * Model#withEngine}.
   *
   * @param engine {@link Engine#ONNX_RUNTIME} runs ONNX files as they are, at f32 alone, and needs
   *     a method without gradient
   * @return a new transform
   * @throws IllegalArgumentException if the engine cannot run the model
   */
  public ExplainImages withEngine(Engine engine) {
    return toBuilder().setModel(getModel().withEngine(engine)).build();
  }

  /**
   * Bounds the cost of a method that perturbs the image: masks of {@code rise}, channels of {@code
   * scorecam}.
   *
   * @param number at least 1
   * @return a new transform
   */
  public ExplainImages withPerturbations(int number) {
    return toBuilder().setPerturbations(number).build();
  }

  /**
   * Chooses how many images a native call takes, instead of what suits the network, see {@link
   * org.bitgaze.torch.Batches#fitting}; on unbounded input the default is 1. A call with fewer
   * images is filled up.
   *
   * @param size at least 1
   * @return a new transform
   */
  public ExplainImages withBatchSize(int size) {
    return toBuilder().setBatchSize(size).build();
  }

  /**
   * Chooses the threads inside libtorch for each call; one each is fastest with a worker per core.
   *
   * @param number at least 1
   * @return a new transform
   */
  public ExplainImages withThreads(int number) {
    return toBuilder().setThreads(number).build();
  }

  /**
   * Explains each image in all configurations by one program and in one step: for many of them.
   * What precedes the first layer that is quantized is computed once, and signal-to-noise ratios
   * are measured; the maps are the same to the bit.
   *
   * @return a new transform
   */
  public ExplainImages together() {
    return toBuilder().setTogether(true).build();
  }

  /**
   * Tests the maps: whether they explain the networks, and whether they depend on the weights.
   *
   * @param tests the tests
   * @return a new transform
   */
  public ExplainImages withTests(MapTests tests) {
    return toBuilder().setTests(tests).build();
  }

  /**
   * Checks what can be checked before anything runs.
   *
   * @throws IllegalArgumentException if a number is not positive, the model was not calibrated, two
   *     maps would be called the same, or what is asked for cannot be explained together
   */
  public void check() {
    int batchSize = getBatchSize().orElse(1);
    if (batchSize < 1 || getThreads() < 1) {
      throw new IllegalArgumentException(
          "batches of " + batchSize + " images and " + getThreads() + " threads must be 1 or more");
    }
    for (Model model : models()) {
      model.engine().require(getCam());
      checkDeployed(model);
      checkTargets(model);
    }
    if (getCam().isForward()) {
      // Checks the number.
      perturbations();
    } else if (getPerturbations().isPresent()) {
      throw new IllegalArgumentException(
          getCam().id() + " weighs by gradients: there is no number of perturbations to choose");
    }
    Set<String> labels = new LinkedHashSet<>();
    for (Variant variant : variants()) {
      if (!labels.add(variant.label())) {
        throw new IllegalArgumentException(
            "two maps of " + getModel().id() + " would be called '" + variant.label() + "'");
      }
    }
    checkTests();
    if (isTogether()) {
      boolean own = getTarget() == ExplainedClass.OWN;
      boolean others = !getCandidates().isEmpty();
      boolean integers = getArithmetic() != Arithmetic.SIMULATED;
      if (own || others || integers || batchSize > 1 || getModel().execution().mode().dropout()) {
        throw new IllegalArgumentException(
            getModel().id()
                + ": configurations that are explained together are of one network, explain one"
                + " class, image by image in simulated arithmetic, and draw nothing at random");
      }
      if (getCam().need() != MapMethod.Need.GRADIENT) {
        throw new IllegalArgumentException(
            getCam().id() + ": configurations are explained together by gradients only");
      }
    }
  }

  /** Maps of several target layers are averaged image by image. */
  private void checkTargets(Model model) {
    if (model.byTarget().size() > 1
        && (isTogether() || getTests().sanity() || getCam().need() != MapMethod.Need.GRADIENT)) {
      throw new IllegalArgumentException(
          "%s has several target layers: their maps are averaged only for methods that weigh"
                  .formatted(model.id())
              + " activations by gradients, without a sanity check and not layer by layer");
    }
  }

  /** A file runs as it is; and perturbed inputs have no name by which to draw random numbers. */
  private void checkDeployed(Model model) {
    if (getCam().isForward() && model.execution().mode().dropout()) {
      throw new IllegalArgumentException(
          "%s runs %s with active dropout, which methods that perturb the image do not support"
              .formatted(getCam().id(), model.id()));
    }
    if (model.engine() != Engine.ONNX_RUNTIME) {
      return;
    }
    if (!model.execution().mode().equals(Mode.EVAL)) {
      throw new IllegalArgumentException(
          model.engine().id() + " runs files as they are deployed, and not in training mode");
    }
    if (model.equals(getModel())
        && !getConfigurations().stream().allMatch(Configuration::isFloat)) {
      throw new IllegalArgumentException(
          "%s runs %s as it is: it has no other precision than f32; give quantized files as candidates"
              .formatted(model.engine().id(), model.id()));
    }
  }

  /**
   * How the method perturbs images.
   *
   * @return the method and its number of masks or channels
   * @throws IllegalArgumentException if the method needs gradients, or has another number
   */
  public Perturbations perturbations() {
    return new Perturbations(getCam(), getPerturbations());
  }

  /** Tests ask networks for the probability of one class, image by image. */
  private void checkTests() {
    if (getTests().isEmpty()) {
      return;
    }
    if (isTogether() || !models().stream().allMatch(m -> m.execution().mode().equals(Mode.EVAL))) {
      throw new IllegalArgumentException(
          getModel().id()
              + ": tests of maps need networks in evaluation mode that are explained one by one");
    }
    if (getTests().sanity() && getModel().engine() != Engine.TORCH) {
      throw new IllegalArgumentException(
          "%s: the sanity check makes weights random, but %s runs the file as it is"
              .formatted(getModel().id(), getModel().engine().id()));
    }
  }

  /**
   * What makes one of an image's maps.
   *
   * @param label what the map is called
   * @param key the program
   * @param draws chooses the random numbers
   */
  record Variant(String label, ProgramKey key, String draws) {
    /** The same for each target layer alone. */
    List<Variant> byTarget() {
      return key.model().byTarget().stream()
          .map(
              model ->
                  new Variant(
                      label,
                      new ProgramKey(model, key.quantization(), key.cam(), key.arithmetic()),
                      draws))
          .toList();
    }

    boolean isReference() {
      return label.equals(Configuration.F32.name());
    }
  }

  /**
   * Returns the programs that libtorch runs.
   *
   * @return what a map is called, with the number of the target layer if there are several, to the
   *     program that makes it; f32 first
   */
  public Map<String, ProgramKey> programs() {
    Map<String, ProgramKey> all = new LinkedHashMap<>();
    for (Variant variant : variants()) {
      List<Variant> targets = variant.byTarget();
      for (int i = 0; i < targets.size(); i++) {
        String label = variant.label() + (i == 0 ? "" : " of target layer " + (i + 1));
        if (variant.key().model().engine() == Engine.TORCH) {
          all.put(label, targets.get(i).key());
        }
      }
    }
    return all;
  }

  /** Integers are not computed with ranges that only an image itself has. */
  private void requireRanges() {
    for (Variant variant : variants()) {
      if (variant.key().arithmetic() == Arithmetic.INTEGER && getCalibration().isEmpty()) {
        throw new IllegalArgumentException(
            "integer arithmetic of "
                + getModel().id()
                + " at "
                + variant.label()
                + " needs ranges that were calibrated; with dynamic ranges it is simulated only");
      }
    }
  }

  /** The configurations, f32 first, and then the candidates. */
  private List<Variant> variants() {
    List<Variant> all = new ArrayList<>();
    getConfigurations().forEach(c -> all.add(new Variant(c.name(), key(c), c.name())));
    for (Candidate c : getCandidates()) {
      ProgramKey key = new ProgramKey(c.model(), Quantization.NONE, getCam());
      all.add(new Variant(c.label(), key, Configuration.F32.name()));
    }
    return all;
  }

  /**
   * Returns the program of all configurations, see {@link #together}.
   *
   * @return what decides what it can compute
   * @throws IllegalArgumentException if the model was not calibrated
   */
  public SweepKey sweepKey() {
    List<Quantization.Ranged> alternatives = new ArrayList<>();
    for (Precision precision : PrecisionAlternatives.precisions(getConfigurations())) {
      ProgramKey alone = key(Configuration.uniform(precision));
      alternatives.add((Quantization.Ranged) alone.quantization());
    }
    return new SweepKey(getModel(), new PrecisionAlternatives(alternatives), getCam());
  }

  /** The program of one configuration. */
  ProgramKey key(Configuration configuration) {
    Quantization quantization =
        configuration.isFloat()
            ? Quantization.NONE
            : Optional.ofNullable(getOwnCalibrations().get(configuration.name()))
                .or(this::getCalibration)
                .map(c -> quantization(c, configuration))
                .orElseGet(() -> new Quantization.Dynamic(configuration));
    return new ProgramKey(getModel(), quantization, getCam(), getArithmetic().at(configuration));
  }

  private Quantization quantization(Calibration calibration, Configuration configuration) {
    calibration.rule().check(configuration, getModel().execution().scheme());
    return calibration.quantization(getModel().id(), configuration);
  }

  /** Opens each model once, so that workers get its description with the model. */
  void describeModels() {
    try {
      for (Model model : models()) {
        model.info();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the steps open, in order; the models are described now, and not again on workers. */
  private List<ExplainerSpec> specs(boolean streaming) {
    try {
      checkModels();
      if (isTogether()) {
        Preprocessing preprocessing = getModel().preprocessing();
        List<Configuration> configurations = new ArrayList<>(getConfigurations());
        return List.of(new Sweep(sweepKey(), preprocessing, configurations, getThreads()));
      }
      List<ExplainerSpec> all = new ArrayList<>();
      for (Variant v : variants()) {
        ModelInfo info = v.key().model().info();
        all.add(spec(v, info, batchSize(v.key(), info, streaming)));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ExplainerSpec spec(Variant v, ModelInfo info, int batchSize) {
    List<Variant> targets = v.byTarget();
    return targets.size() == 1
        ? ofOneTarget(v, info, batchSize)
        : new AveragedTargets(targets.stream().map(t -> ofOneTarget(t, info, batchSize)).toList());
  }

  private ExplainerSpec ofOneTarget(Variant v, ModelInfo info, int batchSize) {
    if (getCam().isForward()) {
      return forward(v, info, batchSize);
    }
    return info.objective().isClassification()
        ? gradient(v, info, batchSize)
        : task(v, info, batchSize);
  }

  private ExplainerSpec task(Variant v, ModelInfo info, int batchSize) {
    return new TaskPrecision(
        getModel().id(),
        v.key(),
        info.preprocessing(),
        info.objective(),
        v.label(),
        v.draws(),
        batchSize,
        getThreads());
  }

  private ExplainerSpec gradient(Variant v, ModelInfo info, int batchSize) {
    return new SinglePrecision(
        getModel().id(),
        v.key(),
        info.preprocessing(),
        v.label(),
        v.draws(),
        batchSize,
        getThreads());
  }

  private ExplainerSpec forward(Variant v, ModelInfo info, int batchSize) {
    Model model = v.key().model();
    int perturbations = getPerturbations().orElse(0);
    return model.engine() == Engine.ONNX_RUNTIME
        ? new OrtPrecision(
            getModel().id(),
            model,
            getCam(),
            info.preprocessing(),
            getCam().need() == MapMethod.Need.ACTIVATIONS ? info.targetLayer() : "",
            v.label(),
            perturbations,
            batchSize)
        : new ForwardPrecision(
            getModel().id(),
            v.key(),
            info.preprocessing(),
            info.objective(),
            v.label(),
            perturbations,
            batchSize,
            getThreads());
  }

  /**
   * Opens the models, and checks that their tasks and inputs can be explained as it is asked for.
   *
   * @throws IOException if a model cannot be read
   * @throws IllegalArgumentException if labels are to be explained that are no classes, many
   *     configurations in one step, or a candidate has another task
   */
  public void checkModels() throws IOException {
    Objective objective = getModel().info().objective();
    for (Model candidate : models()) {
      Objective other = candidate.info().objective();
      if (!other.id().equals(objective.id())
          || (!objective.isClassification()
              && (other.classes() != objective.classes() || !other.sameOutputs(objective)))) {
        throw new IllegalArgumentException(
            "%s is a network for %s, but %s is one for %s"
                .formatted(
                    candidate.id(), other.description(), getModel().id(), objective.description()));
      }
    }
    if (!objective.isClassification() && (isTogether() || getTarget() == ExplainedClass.LABEL)) {
      throw new IllegalArgumentException(
          getModel().id()
              + " is a network for "
              + objective.id()
              + (isTogether()
                  ? ", whose layers cannot be swept"
                  : ": its labels cannot be explained; explain f32's answer or the own one"));
    }
  }

  /**
   * In training mode statistics of a single image make much of last bits, and these depend on the
   * batch: each image is explained by itself. A stream's bundles are small: filling them up to a
   * batch would cost more than the images.
   */
  private int batchSize(ProgramKey key, ModelInfo info, boolean streaming) {
    if (!key.model().execution().mode().equals(Mode.EVAL)) {
      return 1;
    }
    return getBatchSize().orElse(streaming ? 1 : Batches.fitting(info, key.arithmetic()));
  }

  @Override
  public PCollection<KV<String, LiveImage>> expand(PCollection<KV<String, LiveImage>> images) {
    check();
    requireRanges();
    boolean streaming = images.isBounded() == PCollection.IsBounded.UNBOUNDED;
    PCollection<KV<String, LiveImage>> explained = images;
    for (ExplainerSpec spec : specs(streaming)) {
      String step = isTogether() ? "CAMs" : "CAM " + spec.labels().get(0);
      explained = explained.apply(step, ParDo.of(new ExplainFn(spec, getTarget(), simulations())));
    }
    return getTests().isEmpty()
        ? explained
        : explained.apply(
            "TestMaps", ParDo.of(new TestMapsFn(getTests(), getTarget(), networks(streaming))));
  }

  /** The names of maps whose network also runs as it is deployed. */
  private Set<String> simulations() {
    Set<String> labels = new LinkedHashSet<>();
    variants().forEach(v -> labels.add(v.label()));
    return labels.stream()
        .filter(label -> labels.contains(label + CamMap.DEPLOYED))
        .collect(Collectors.toSet());
  }

  private TestMapsFn.Networks networks(boolean streaming) {
    List<ExplainerSpec> judges = specs(streaming);
    Map<Reference, ExplainerSpec> random = new LinkedHashMap<>();
    if (getTests().sanity()) {
      random.put(Reference.RANDOM_HEAD, random(RandomWeights.HEAD, streaming));
      random.put(Reference.RANDOM_WEIGHTS, random(RandomWeights.ALL, streaming));
    }
    return new TestMapsFn.Networks(judges, random);
  }

  /** The f32 network with random weights. */
  private ExplainerSpec random(RandomWeights weights, boolean streaming) {
    Model model = getModel().withRandomWeights(weights);
    return toBuilder()
        .setModel(model)
        .setConfigurations(List.of(Configuration.F32))
        .setCandidates(List.of())
        .build()
        .specs(streaming)
        .get(0);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("model", getModel().toString()))
        .add(DisplayData.item("precisions", getConfigurations().toString()))
        .add(DisplayData.item("candidates", getCandidates().toString()))
        .add(DisplayData.item("cam", getCam().id()))
        .add(DisplayData.item("target", getTarget().id()))
        .add(DisplayData.item("arithmetic", getArithmetic().id()))
        .add(
            DisplayData.item("ranges", getCalibration().map(c -> c.rule().id()).orElse("dynamic")));
  }
}
