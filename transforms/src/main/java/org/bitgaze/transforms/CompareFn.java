package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn.MultiOutputReceiver;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.explain.task.Labels;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Framing.Region;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.MapPart;
import org.bitgaze.measure.Agreement;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.GridMemory;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.measure.ScoredMatches;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.quant.Precision;
import org.bitgaze.saliency.Centre;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.JudgedMap;
import org.bitgaze.transforms.values.MapChecks;
import org.bitgaze.transforms.values.RandomizedMap;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the maps of one image; each is scaled once, however often it is compared. */
final class CompareFn implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompareFn.class);
  private static final String STAGE = "compare";

  private static final Comparator<CamMap> ORDER =
      Comparator.comparing(CamMap::model).thenComparing(CamMap::precision);

  /** A join has no order; what is shown of it must have one. */
  private static final Comparator<Framing> BY_NAME = Comparator.comparing(Framing::toString);

  private final Counter degenerate = Metrics.counter(MetricNames.NAMESPACE, MetricNames.DEGENERATE);
  private final Counter rejected = Metrics.counter(MetricNames.NAMESPACE, MetricNames.REJECTS);
  private final Distribution millis =
      Metrics.distribution(MetricNames.NAMESPACE, MetricNames.COMPARE_MILLIS);
  private final Set<Measure> measures;
  private final boolean masked;
  private final boolean mapped;
  private transient ScaledMap centre;
  private transient GridMemory memory;

  CompareFn(Set<Measure> chosen, boolean masked, boolean mapped) {
    this.measures = MeasureCatalog.ordered(chosen);
    this.masked = masked;
    this.mapped = mapped;
  }

  /**
   * What is known of an image beside its maps.
   *
   * @param label its class
   * @param truth what it shows, of a task that is not classification
   * @param masks the object's masks
   * @param saliency maps that were made elsewhere
   */
  record Known(
      OptionalInt label, Optional<Truth> truth, List<SeenMask> masks, List<SeenMap> saliency) {
    static final Known NOTHING =
        new Known(OptionalInt.empty(), Optional.empty(), List.of(), List.of());

    static Known of(CoGbkResult joined) {
      OptionalInt label = OptionalInt.empty();
      for (int l : all(joined, CompareMaps.LABELS)) {
        // Of several labels the smallest counts: a join has no order.
        label = OptionalInt.of(Math.min(l, label.orElse(l)));
      }
      return new Known(
          label,
          all(joined, CompareMaps.TRUTHS).stream().findFirst(),
          all(joined, CompareMaps.MASKS),
          all(joined, CompareMaps.SALIENCY));
    }

    /** The values of a collection that may not have been joined. */
    private static <T> List<T> all(CoGbkResult joined, TupleTag<T> tag) {
      List<T> values = new ArrayList<>();
      if (joined.getSchema().getIndex(tag) >= 0) {
        joined.getAll(tag).forEach(values::add);
      }
      return values;
    }
  }

  void compare(String key, ImageMaps maps, Known known, MultiOutputReceiver out) {
    long start = System.nanoTime();
    memory = memory == null ? new GridMemory() : memory;
    List<Comparison> rows = new ArrayList<>();
    List<Reject> rejects = new ArrayList<>(maps.rejects());
    OptionalInt label = maps.label().isPresent() ? maps.label() : known.label();
    Optional<Truth> truth = maps.truth().or(known::truth);
    List<SeenMap> saliency = new ArrayList<>(maps.saliency());
    saliency.addAll(known.saliency());
    saliency.sort(Comparator.comparing(SeenMap::method).thenComparing(SeenMap::framing, BY_NAME));
    List<SeenMask> masks = new ArrayList<>(maps.masks());
    masks.addAll(known.masks());
    masks.sort(Comparator.comparing(SeenMask::framing, BY_NAME));
    References references =
        new References(
            scaled(sought(maps, saliency), saliency, maps.size()),
            scaled(
                masks,
                SeenMask::framing,
                m -> ScaledMap.of(m.mask(), Grid.of(m.framing(), maps.size()))));
    Set<CamMap> cams = new TreeSet<>(ORDER);
    cams.addAll(maps.cams());
    // One at a time and the one that all are compared with: scaled, a map is a thousand times
    // larger.
    Map<CamMap, ScaledMap> full = new HashMap<>();
    List<ComparedMap> compared = new ArrayList<>();
    for (CamMap cam : cams) {
      try {
        Optional<CamMap> f32 = maps.cam(cam.model(), Precision.F32.toString());
        Optional<ScaledMap> reference =
            f32.map(c -> full.computeIfAbsent(c, k -> scaled(() -> scaled(k, maps.size()))));
        ScaledMap map =
            full.containsKey(cam) ? full.get(cam) : scaled(() -> scaled(cam, maps.size()));
        Compared one = new Compared(cam, map, f32, reference);
        Label shown = new Label(label, truth, maps.size());
        rows.addAll(rows(key, one, references, shown, maps.checks()));
        maps.cam(cam.model(), cam.precision() + CamMap.DEPLOYED)
            .ifPresent(
                twin ->
                    rows.add(
                        deployed(
                            row(key, cam, shown),
                            one,
                            twin,
                            full.computeIfAbsent(
                                twin, k -> scaled(() -> scaled(k, maps.size()))))));
        compared.add(compared(one));
        if (!full.containsKey(cam)) {
          map.release();
        }
      } catch (RuntimeException e) {
        rejected.inc();
        rejects.add(Reject.of(key, STAGE + " " + cam.precision(), cam.model(), e));
      }
    }
    full.values().forEach(ScaledMap::release);
    references.saliency().values().stream()
        .flatMap(parts -> parts.values().stream())
        .filter(map -> map != centre)
        .forEach(ScaledMap::release);
    out.get(CompareMaps.FINDINGS).output(KV.of(rows, rejects));
    if (!cams.isEmpty()) {
      out.get(CompareMaps.IMAGES).output(new ComparedImage(key, saliency, masks, compared));
      millis.update((System.nanoTime() - start) / 1_000_000);
    }
  }

  /** A map, and the same model's at full precision, which may have failed. */
  private record Compared(
      CamMap cam, ScaledMap map, Optional<CamMap> f32, Optional<ScaledMap> reference) {}

  /** What the image shows, and how large it is. */
  private record Label(OptionalInt index, Optional<Truth> truth, Optional<ImageSize> size) {
    /** How an answer agrees with it; nothing if the image has no label of that task. */
    Optional<Agreement> agreement(CamMap cam) {
      Objective objective = cam.answer().orElseThrow().objective();
      return shown(objective)
          .map(
              shown ->
                  objective.agreement(
                      cam.answer().get().answer(), shown, Grid.of(cam.framing(), size)));
    }

    /** What the image adds to measures of all images together. */
    Optional<ScoredMatches> matches(CamMap cam) {
      Objective objective = cam.answer().orElseThrow().objective();
      return shown(objective)
          .flatMap(
              shown ->
                  objective.matches(
                      cam.answer().get().answer(), shown, Grid.of(cam.framing(), size)));
    }

    private Optional<Truth> shown(Objective objective) {
      return truth.or(
          () ->
              index.isPresent() && objective.hasLabels()
                  ? Optional.of(new Labels(new TreeSet<>(Set.of(index.getAsInt()))))
                  : Optional.empty());
    }
  }

  /** What maps are compared with, by the part of the image that they show. */
  private record References(
      Map<Reference, Map<Framing, ScaledMap>> saliency, Map<Framing, ScaledMap> masks) {
    ScaledMap of(Reference reference, Framing crop) {
      Map<Framing, ScaledMap> all =
          reference.equals(Reference.MASK) ? masks : saliency.getOrDefault(reference, Map.of());
      return all.getOrDefault(crop, ScaledMap.without(MapStatus.MISSING));
    }
  }

  /** The saliency methods that were tried; one that failed has left a reject. */
  private Set<Reference> sought(ImageMaps maps, List<SeenMap> found) {
    Set<Reference> sought = new TreeSet<>();
    found.forEach(map -> sought.add(map.method()));
    Set<String> failed = new HashSet<>();
    maps.rejects().forEach(reject -> failed.add(reject.getStage()));
    sought.addAll(Reference.all(r -> r.isSaliency() && failed.contains(ComputeSaliency.stage(r))));
    if (mapped) {
      sought.add(Reference.MAPS);
    }
    return sought;
  }

  private Map<Reference, Map<Framing, ScaledMap>> scaled(
      Set<Reference> methods, List<SeenMap> maps, Optional<ImageSize> size) {
    Map<Reference, Map<Framing, ScaledMap>> all = new TreeMap<>();
    for (Reference method : methods) {
      List<SeenMap> own = maps.stream().filter(m -> m.method().equals(method)).toList();
      all.put(
          method, scaled(own, SeenMap::framing, m -> scaled(m.part(), Grid.of(m.framing(), size))));
    }
    return all;
  }

  /** The centre's map is the same for all images, and scaled once. */
  private ScaledMap scaled(MapPart part, Grid grid) {
    boolean square = grid.cells().equals(Grid.SQUARE.cells()) && part.region().equals(Region.WHOLE);
    if (part.map() != Centre.MAP || !square) {
      return ScaledMap.of(part, grid, memory);
    }
    if (centre == null) {
      centre = ScaledMap.of(part);
    }
    return centre;
  }

  private static <T> Map<Framing, ScaledMap> scaled(
      List<T> seen, Function<T, Framing> crop, Function<T, ScaledMap> scale) {
    Map<Framing, ScaledMap> all = new HashMap<>();
    seen.forEach(one -> all.put(crop.apply(one), scaled(() -> scale.apply(one))));
    return all;
  }

  /** A clipped logit is the known cause of a map that vanished. */
  private ScaledMap scaled(CamMap cam, Optional<ImageSize> size) {
    if (!cam.hasMap()) {
      return ScaledMap.without(MapStatus.NOTHING);
    }
    ScaledMap map = ScaledMap.of(MapPart.whole(cam.cam()), Grid.of(cam.framing(), size), memory);
    return map.status() == MapStatus.VANISHED && cam.clipped()
        ? ScaledMap.without(MapStatus.CLIPPED)
        : map;
  }

  /** A map that cannot be scaled has no values; the image's other maps keep theirs. */
  private static ScaledMap scaled(Supplier<ScaledMap> scale) {
    try {
      return scale.get();
    } catch (RuntimeException e) {
      LOG.warn("A map cannot be scaled to the comparison grid", e);
      return ScaledMap.without(MapStatus.FAILED);
    }
  }

  private List<Comparison> rows(
      String key, Compared compared, References references, Label label, MapChecks checks) {
    List<Comparison> rows = new ArrayList<>();
    CamMap cam = compared.cam();
    Optional<CamMap> f32 = compared.f32();
    Comparison.Builder row = row(key, cam, label);
    references
        .saliency()
        .keySet()
        .forEach(
            reference ->
                add(rows, row, reference, compared, references.of(reference, cam.framing())));
    if (masked || !references.masks().isEmpty()) {
      add(rows, row, Reference.MASK, compared, references.of(Reference.MASK, cam.framing()));
    }
    f32.filter(full -> full != cam)
        .ifPresent(
            full ->
                rows.add(
                    finish(row, Reference.F32, input(compared, fullPrecision(compared), full))));
    ScaledMap none = ScaledMap.without(MapStatus.OK);
    if (cam.answer().isPresent()) {
      label
          .agreement(cam)
          .map(found -> MeasureInput.ofAnswers(compared.map(), none, found, cam.fidelity()))
          .ifPresent(
              subject -> {
                row.setMatches(label.matches(cam).map(ScoredMatches::encode).orElse(null));
                rows.add(finish(row, Reference.LABEL, subject));
                row.setMatches(null);
              });
    } else {
      label
          .index()
          .ifPresent(known -> rows.add(finish(row, Reference.LABEL, input(compared, none, known))));
    }
    checks.judged().stream()
        .filter(j -> j.model().equals(cam.model()) && j.precision().equals(cam.precision()))
        .sorted(Comparator.comparing(JudgedMap::reference))
        .map(j -> finish(row, j.reference(), MeasureInput.of(compared.map(), j.scores())))
        .forEach(rows::add);
    checks.randomized().stream()
        .filter(r -> r.model().equals(cam.model()) && f32.filter(full -> full == cam).isPresent())
        .sorted(Comparator.comparing(RandomizedMap::reference))
        .forEach(
            r -> {
              ScaledMap random =
                  scaled(
                      () ->
                          ScaledMap.of(
                              MapPart.whole(r.map()),
                              Grid.of(cam.framing(), label.size()),
                              memory));
              add(rows, row, r.reference(), compared, random);
              random.release();
            });
    return rows;
  }

  private static Comparison.Builder row(String key, CamMap cam, Label label) {
    boolean labelled = cam.answer().map(a -> a.objective().hasLabels()).orElse(true);
    OptionalInt index = labelled ? label.index() : OptionalInt.empty();
    return Comparison.builder()
        .setKey(key)
        .setModel(cam.model())
        .setPrecision(cam.precision())
        .setPredictedClass(cam.predictedClass())
        .setProbability(cam.probability())
        .setExplainedClass(cam.explainedClass())
        .setLabel(index.isPresent() ? (Integer) index.getAsInt() : null);
  }

  /** A simulation against the same file as it is deployed. */
  private Comparison deployed(
      Comparison.Builder row, Compared compared, CamMap twin, ScaledMap map) {
    return finish(row, Reference.DEPLOYED, answers(compared, map, twin, twin.fidelity()));
  }

  private void add(
      List<Comparison> rows,
      Comparison.Builder row,
      Reference reference,
      Compared compared,
      ScaledMap other) {
    rows.add(finish(row, reference, input(compared, other, MeasureInput.NO_CLASS)));
  }

  /** Compares with full precision. */
  private static MeasureInput input(Compared compared, ScaledMap other, CamMap full) {
    return answers(compared, other, full, fidelity(compared.cam()));
  }

  /** Compares answers as their task does. */
  private static MeasureInput answers(
      Compared compared, ScaledMap map, CamMap other, Fidelity fidelity) {
    CamMap cam = compared.cam();
    return agreement(cam, other)
        .map(found -> MeasureInput.ofAnswers(compared.map(), map, found, fidelity))
        .orElseGet(
            () ->
                new MeasureInput(
                    compared.map(), map, cam.predictedClass(), other.predictedClass(), fidelity));
  }

  /** A deployed file's is that of its simulation. */
  private static Fidelity fidelity(CamMap cam) {
    return cam.precision().endsWith(CamMap.DEPLOYED) ? Fidelity.UNKNOWN : cam.fidelity();
  }

  private static Optional<Agreement> agreement(CamMap cam, CamMap full) {
    return cam.answer()
        .filter(own -> full.answer().isPresent())
        .map(own -> own.objective().agreement(own.answer(), full.answer().get().answer()));
  }

  private static MeasureInput input(Compared compared, ScaledMap other, int expected) {
    CamMap cam = compared.cam();
    return new MeasureInput(compared.map(), other, cam.predictedClass(), expected, fidelity(cam));
  }

  /** A candidate may have been given another preprocessing than the model. */
  private static ScaledMap fullPrecision(Compared compared) {
    Framing own = compared.cam().framing();
    Framing seen = compared.f32().orElseThrow().framing();
    return own.equals(seen)
        ? compared.reference().orElseThrow()
        : ScaledMap.without(MapStatus.OTHER_CROP);
  }

  private Comparison finish(Comparison.Builder row, Reference reference, MeasureInput subject) {
    Map<String, Double> values = new TreeMap<>();
    for (Measure measure : measures) {
      if (measure.appliesTo(reference)) {
        measure.compute(subject).ifPresent(value -> values.put(measure.id(), value));
      }
    }
    MapStatus map = subject.map().status();
    MapStatus other = subject.reference().status();
    if (reference.isMap() && (map != MapStatus.OK || other != MapStatus.OK)) {
      degenerate.inc();
    }
    return row.setReference(reference.id())
        .setMeasures(values)
        .setMapStatus(map)
        .setReferenceStatus(other)
        .build();
  }

  private static boolean isFlipped(CamMap cam, CamMap full) {
    return agreement(cam, full)
        .map(found -> !found.same().orElse(true))
        .orElse(full.predictedClass() != cam.predictedClass());
  }

  private static ComparedMap compared(Compared compared) {
    CamMap cam = compared.cam();
    boolean flipped = compared.f32().filter(f -> isFlipped(cam, f)).isPresent();
    OptionalDouble cc =
        compared.reference().isPresent()
            ? StandardMeasure.CC.compute(MeasureInput.of(compared.map(), fullPrecision(compared)))
            : OptionalDouble.empty();
    return new ComparedMap(cam, flipped, cc);
  }
}
