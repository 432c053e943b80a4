package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reify;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.beam.sdk.values.ValueInSingleWindow;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Picture;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Histogram;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.saliency.Centre;
import org.bitgaze.saliency.Saliency;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.torch.Batches;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.HistogramProgram;
import org.bitgaze.torch.ObserverProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.zoo.Architecture;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every transform on the direct runner, with small networks of formula weights. */
class TransformsTest {
  @TempDir private static Path folder;
  private static Model model;
  private static Path images;

  @BeforeAll
  static void makeInputs() throws IOException {
    Path weights = folder.resolve("squeezenet1_1.safetensors");
    SafetensorsWriter.write(new FormulaWeights(Architecture.SQUEEZENET1_1.graph(10)), weights);
    model = Model.zoo("squeezenet1_1").withWeights(weights);
    // Characters that mean something in patterns mean nothing in a folder's path.
    images = Files.createDirectories(folder.resolve("im [a] {b} ü/deep"));
    TestImages.write(images, 5);
    images = images.getParent();
    Files.writeString(images.resolve("text.jpg"), "not an image");
    Files.writeString(images.resolve("labels.csv"), "file,class_index\n");
    Files.createDirectories(images.resolve("folder.png"));
  }

  private static TestPipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }

  /** Images that are made of numbers: the crop of the picture with that number, as a PNG. */
  private static ImageReader<Integer> numbers() {
    return n -> {
      if (n < 0) {
        throw new org.bitgaze.image.ImageFormatException("no picture " + n);
      }
      return TestImages.crop(n);
    };
  }

  private static PCollection<KV<String, Integer>> names(TestPipeline p, int... numbers) {
    List<KV<String, Integer>> names = new ArrayList<>();
    for (int n : numbers) {
      names.add(KV.of("p" + n, n));
    }
    return p.apply("Names", Create.of(names));
  }

  @Test
  void matchesImagesAtAnyDepth() {
    TestPipeline p = pipeline();
    PCollection<String> keys = p.apply(MatchImages.in(images.toString())).apply(Keys.create());
    PAssert.that(keys)
        .containsInAnyOrder(
            "deep/p0.png", "deep/p1.png", "deep/p2.png", "deep/p3.png", "deep/p4.png", "text.jpg");
    p.run().waitUntilFinish();
  }

  @Test
  void matchesPatterns() throws IOException {
    Path plain = Files.createDirectories(folder.resolve("plain"));
    TestImages.write(plain, 4);
    TestPipeline p = pipeline();
    PCollection<String> keys =
        p.apply(MatchImages.matching(plain + "/p[12].png", folder.toString())).apply(Keys.create());
    PAssert.that(keys).containsInAnyOrder("plain/p1.png", "plain/p2.png");
    p.run().waitUntilFinish();
  }

  @Test
  void allNamesAreHandedOut() {
    for (SpreadKeys.Strategy strategy :
        List.of(
            SpreadKeys.Strategy.inShards(1),
            SpreadKeys.Strategy.inShards(7),
            SpreadKeys.Strategy.roundRobin(List.of(3, 5)))) {
      TestPipeline p = pipeline();
      PCollection<Long> values =
          p.apply(GenerateSequence.from(0).to(100))
              .apply(WithKeys.<String, Long>of(n -> "k" + n).withKeyType(TypeDescriptors.strings()))
              .apply(SpreadKeys.<Long>create().withStrategy(strategy))
              .apply(Values.create());
      Set<Long> all = new HashSet<>();
      for (long i = 0; i < 100; i++) {
        all.add(i);
      }
      PAssert.that(values).containsInAnyOrder(all);
      assertEquals(PCollection.IsBounded.BOUNDED, values.isBounded());
      p.run().waitUntilFinish();
    }
    assertThrows(IllegalArgumentException.class, () -> SpreadKeys.Strategy.inShards(0));
  }

  private static final AtomicInteger DECODED = new AtomicInteger();
  private static final AtomicInteger FINISHED = new AtomicInteger();
  private static final AtomicInteger MOST_ALIVE = new AtomicInteger();

  private static final class FinishFn extends DoFn<KV<String, LiveImage>, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process() {
      FINISHED.incrementAndGet();
    }
  }

  /** Decoded images alive on the direct runner, which has no back-pressure, do not grow with N. */
  @Test
  void imagesAliveAreBounded() {
    int[] most = new int[2];
    int[] counts = {300, 1500};
    for (int i = 0; i < counts.length; i++) {
      DECODED.set(0);
      FINISHED.set(0);
      MOST_ALIVE.set(0);
      TestPipeline p = pipeline();
      p.apply(GenerateSequence.from(0).to(counts[i]))
          .apply(WithKeys.<String, Long>of(n -> "k" + n).withKeyType(TypeDescriptors.strings()))
          .apply(SpreadKeys.<Long>create().withStrategy(SpreadKeys.Strategy.inShards(1)))
          .apply(
              DecodeImages.of(
                  n -> {
                    int alive = DECODED.incrementAndGet() - FINISHED.get();
                    MOST_ALIVE.accumulateAndGet(alive, Math::max);
                    return new RgbImage(4, 4, new byte[48]);
                  }))
          .apply(ComputeSaliency.by("centre"))
          .apply(ParDo.of(new FinishFn()));
      p.run().waitUntilFinish();
      assertEquals(counts[i], FINISHED.get());
      most[i] = MOST_ALIVE.get();
    }
    System.out.println("alive at most, of 300 and of 1500: " + most[0] + ", " + most[1]);
    // Six portions, and some for what a busy machine does to threads' order.
    assertTrue(most[1] <= 10 * SpreadKeys.PORTION, most[1] + " of 1500 images were alive at once");
  }

  @Test
  void unreadableImagesGoOnWithTheReason() {
    TestPipeline p = pipeline();
    PCollection<KV<String, LiveImage>> decoded =
        p.apply(MatchImages.in(images.toString()))
            .apply(DecodeImages.of(ImageReader.files()).withSaliency("spectral-residual"))
            .apply(ComputeSaliency.by("spectral-residual", "maps:" + folder.resolve("none")));
    PAssert.that(decoded)
        .satisfies(
            found -> {
              int readable = 0;
              for (KV<String, LiveImage> image : found) {
                LiveImage live = image.getValue();
                if (image.getKey().equals("text.jpg")) {
                  assertEquals(
                      List.of(
                          Reject.of(
                              "text.jpg",
                              "decode",
                              "",
                              "not a JPEG, PNG, WebP, GIF, BMP or TIFF image")),
                      live.maps().rejects());
                  assertTrue(live.picture().isEmpty());
                } else {
                  assertEquals(224, live.picture().get().crop(Preprocessing.IMAGENET).width());
                  assertEquals(320, live.picture().get().whole().orElseThrow().fitted().width());
                  // One method's failure is not the other's.
                  assertEquals(1, live.maps().saliency().size());
                  assertEquals(64, live.maps().saliency().get(0).part().map().width());
                  assertEquals("saliency maps", live.maps().rejects().get(0).getStage());
                  readable++;
                }
              }
              assertEquals(5, readable);
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void eachModelSeesWhatItsWeightsWant() {
    Model bicubic =
        model
            .named("bicubic")
            .withPreprocessing(Preprocessing.IMAGENET.withResize(232).with(Interpolation.BICUBIC));
    TestPipeline q = pipeline();
    PCollection<KV<String, LiveImage>> same =
        names(q, 1)
            .apply(DecodeImages.of(numbers()).withModels(List.of(model, bicubic)))
            .apply(ComputeSaliency.by("centre"))
            .apply("One", ExplainImages.of(model))
            .apply("Other", ExplainImages.of(bicubic));
    PAssert.that(same)
        .satisfies(
            found -> {
              LiveImage live = found.iterator().next().getValue();
              assertEquals(2, live.maps().saliency().size());
              CamMap one = live.maps().cam("squeezenet1_1", "f32").orElseThrow();
              CamMap other = live.maps().cam("bicubic", "f32").orElseThrow();
              assertEquals(new CenterCrop(256, 224), one.framing());
              assertEquals(new CenterCrop(232, 224), other.framing());
              assertFalse(one.cam().equals(other.cam()));
              return null;
            });
    q.run().waitUntilFinish();
  }

  /** What the graph should yield, computed by the core one image after the other. */
  private static final class Oracle implements AutoCloseable {
    private final Map<String, ProgramCache.Lease<CamProgram>> programs = new HashMap<>();

    Explanation explain(Model m, Quantization quantization, int picture, int target)
        throws IOException {
      String key = m.id() + quantization;
      if (!programs.containsKey(key)) {
        programs.put(
            key, CamProgram.lease(new ProgramKey(m, quantization, MapMethod.GRADCAM_PLUS_PLUS)));
      }
      RgbImage crop = Preprocessing.IMAGENET.apply(TestImages.crop(picture));
      int batch = Batches.fitting(m.info(), Arithmetic.SIMULATED);
      int[] targets = new int[batch];
      Arrays.fill(targets, target);
      // Last bits depend on the batch's size, and not on what else is in it.
      return programs.get(key).program().run(Collections.nCopies(batch, crop), targets).get(0);
    }

    @Override
    public void close() {
      programs.values().forEach(ProgramCache.Lease::close);
    }
  }

  private static Mask half() {
    BitSet bits = new BitSet();
    bits.set(0, 224 * 112);
    return new Mask(224, 224, bits);
  }

  /** Two models, one by the label, one by its own f32 answer, with labels and masks. */
  @Test
  void anAuditIsWhatTheCoreComputes() throws IOException {
    Model labelled = model.named("labelled");
    Precision int8 = Precision.of("int8");
    TestPipeline p = pipeline();
    PCollection<KV<String, Integer>> labels =
        p.apply("Labels", Create.of(KV.of("p1", 3), KV.of("p2", 4), KV.of("p9", 5)));
    PCollection<KV<String, SeenMask>> masks =
        p.apply("Masks", Create.of(KV.of("p1", new SeenMask(CenterCrop.IMAGENET, half()))));
    Audit.Result result =
        names(p, 1, 2, 3, -4)
            .apply(
                Audit.of(numbers())
                    .withExplanation(
                        ExplainImages.of(labelled)
                            .withPrecisions("int8")
                            .withTarget(ExplainedClass.LABEL))
                    .withExplanation(ExplainImages.of(model).withPrecisions("int8"))
                    .withSaliency("centre")
                    .withLabels(labels)
                    .withMasks(masks)
                    .withMeasures(
                        Set.of(
                            StandardMeasure.CC,
                            StandardMeasure.KLD,
                            StandardMeasure.SSIM,
                            StandardMeasure.POINTING)));
    PAssert.that(result.rejects())
        .containsInAnyOrder(
            Reject.of("p-4", "decode", "", "no picture -4"),
            Reject.of("p3", "cam f32", "labelled", "the image has no label"));
    PAssert.that(result.rows())
        .satisfies(
            found -> {
              Map<String, Comparison> rows = new TreeMap<>();
              for (Comparison row : found) {
                String name =
                    String.join(
                        " ", row.getKey(), row.getModel(), row.getPrecision(), row.getReference());
                assertTrue(rows.put(name, row) == null, name);
              }
              try (Oracle oracle = new Oracle()) {
                check(oracle, rows, labelled, int8);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return null;
            });
    PAssert.that(result.summary())
        .satisfies(
            found -> {
              Map<SummaryKey, Statistics> all = new HashMap<>();
              for (KV<SummaryKey, Statistics> line : found) {
                all.put(line.getKey(), line.getValue());
              }
              Statistics cc = all.get(SummaryKey.of("labelled", "int8", "f32", "CC"));
              assertEquals(2, cc.getCount());
              Statistics masked = all.get(SummaryKey.of("squeezenet1_1", "f32", "mask", "CC"));
              assertEquals(1, masked.getCount());
              assertEquals(2, masked.getDegenerate());
              assertEquals(
                  2, all.get(SummaryKey.of("squeezenet1_1", "f32", "label", "TOP1")).getCount());
              return null;
            });
    p.run().waitUntilFinish();
  }

  private static void check(
      Oracle oracle, Map<String, Comparison> rows, Model labelled, Precision int8)
      throws IOException {
    ScaledMap centre = ScaledMap.of(Centre.MAP);
    int expectedRows = 0;
    for (int picture = 1; picture <= 3; picture++) {
      Integer label = picture == 3 ? null : Integer.valueOf(picture + 2);
      for (Model m : List.of(labelled, model)) {
        boolean byLabel = m == labelled;
        if (byLabel && label == null) {
          continue;
        }
        int target = byLabel ? label : CamProgram.OWN_CLASS;
        Explanation f32 = oracle.explain(m, Quantization.NONE, picture, target);
        for (Precision precision : List.of(Precision.F32, int8)) {
          Explanation e =
              precision.isFloat()
                  ? f32
                  : oracle.explain(m, new Quantization.Dynamic(int8), picture, f32.explained());
          String start = "p" + picture + " " + m.id() + " " + precision + " ";
          ScaledMap map = ScaledMap.of(e.cam());
          Comparison saliency = rows.get(start + "centre");
          assertEquals(e.topClass(), saliency.getPredictedClass());
          assertEquals(f32.explained(), saliency.getExplainedClass());
          assertEquals(byLabel ? label.intValue() : f32.topClass(), saliency.getExplainedClass());
          assertEquals(label, saliency.getLabel());
          assertEquals(
              Set.of("CC", "KLD", "SSIM", "VANISHED"),
              saliency.getMeasures().keySet(),
              saliency.toString());
          same(StandardMeasure.CC, map, centre, saliency);
          same(StandardMeasure.SSIM, map, centre, saliency);
          same(StandardMeasure.KLD, map, centre, saliency);
          Comparison mask = rows.get(start + "mask");
          if (picture == 1) {
            same(StandardMeasure.POINTING, map, ScaledMap.of(half()), mask);
          } else {
            assertEquals(MapStatus.MISSING, mask.getReferenceStatus());
            assertEquals(Map.of("VANISHED", 0.0), mask.getMeasures());
          }
          expectedRows += 2;
          if (!precision.isFloat()) {
            Comparison drift = rows.get(start + "f32");
            same(StandardMeasure.CC, map, ScaledMap.of(f32.cam()), drift);
            same(StandardMeasure.KLD, map, ScaledMap.of(f32.cam()), drift);
            assertEquals(
                e.topClass() == f32.topClass() ? 0.0 : 1.0, drift.getMeasures().get("FLIP"));
            expectedRows++;
          }
          if (label != null) {
            assertEquals(
                e.topClass() == label ? 1.0 : 0.0,
                rows.get(start + "label").getMeasures().get("TOP1"));
            expectedRows++;
          }
        }
      }
    }
    assertEquals(expectedRows, rows.size(), rows.keySet().toString());
  }

  private static void same(Measure measure, ScaledMap map, ScaledMap reference, Comparison row) {
    assertEquals(
        measure.compute(MeasureInput.of(map, reference)).getAsDouble(),
        row.getMeasures().get(measure.id()),
        row.toString());
  }

  /**
   * Each method is a reference of its own, whether its maps are of whole images or of crops, made
   * here or elsewhere; where one is missing, its rows say so.
   */
  @Test
  void severalSaliencyMethodsStandSideBySide() throws IOException {
    TestPipeline p = pipeline();
    PCollection<KV<String, SeenMap>> elsewhere =
        p.apply(
            "Elsewhere",
            Create.of(KV.of("p1", SeenMap.elsewhere(CenterCrop.IMAGENET, Centre.MAP))));
    PCollection<Comparison> rows =
        names(p, 1, 2)
            .apply(DecodeImages.of(numbers()).withSaliency("spectral-residual"))
            .apply(ComputeSaliency.by("centre", "spectral-residual"))
            .apply(ExplainImages.of(model))
            .apply(
                CompareMaps.create()
                    .withMeasures(Set.of(StandardMeasure.CC))
                    .withSaliency(elsewhere))
            .rows();
    PAssert.that(rows)
        .satisfies(
            found -> {
              Map<String, Comparison> all = new TreeMap<>();
              found.forEach(row -> all.put(row.getKey() + " " + row.getReference(), row));
              assertEquals(
                  Set.of(
                      "p1 spectral-residual",
                      "p1 centre",
                      "p1 maps",
                      "p2 spectral-residual",
                      "p2 centre",
                      "p2 maps"),
                  all.keySet());
              assertEquals(MapStatus.MISSING, all.get("p2 maps").getReferenceStatus());
              assertEquals(all.get("p1 centre").getMeasures(), all.get("p1 maps").getMeasures());
              try (Oracle oracle = new Oracle()) {
                Picture picture =
                    Picture.of(TestImages.crop(1), List.of(Preprocessing.IMAGENET), true);
                MapPart part;
                try (Saliency saliency = SaliencyMethod.parse("spectral-residual").create()) {
                  part = saliency.maps("p1", picture).get(CenterCrop.IMAGENET);
                }
                Explanation e = oracle.explain(model, Quantization.NONE, 1, CamProgram.OWN_CLASS);
                same(
                    StandardMeasure.CC,
                    ScaledMap.of(e.cam()),
                    ScaledMap.of(part),
                    all.get("p1 spectral-residual"));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return null;
            });
    p.run().waitUntilFinish();
  }

  /** An image that a model cannot take is a reject; its batch, and other models' maps, stay. */
  @Test
  void aFailingCamIsAReject() throws IOException {
    Picture good = picture(TestImages.crop(1));
    Picture bad = picture(new RgbImage(2, 2, new byte[12]));
    TestPipeline p = pipeline();
    CompareMaps.Result result =
        p.apply(
                Create.of(
                    KV.of("good", LiveImage.of(good)),
                    KV.of("bad", LiveImage.of(bad)),
                    KV.of("also good", LiveImage.of(good))))
            .apply(ComputeSaliency.by("centre"))
            .apply(ExplainImages.of(model).withPrecisions("int8").withBatchSize(3))
            .apply(CompareMaps.create());
    PAssert.that(result.rejects())
        .satisfies(
            found -> {
              List<Reject> all = new ArrayList<>();
              found.forEach(all::add);
              assertEquals(1, all.size(), all.toString());
              assertEquals("bad", all.get(0).getKey());
              assertEquals("cam f32", all.get(0).getStage());
              assertEquals("squeezenet1_1", all.get(0).getModel());
              return null;
            });
    PAssert.that(
            result
                .rows()
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            (Comparison r) ->
                                r.getKey() + " " + r.getPrecision() + " " + r.getReference())))
        .containsInAnyOrder(
            "good f32 centre",
            "good int8 centre",
            "good int8 f32",
            "also good f32 centre",
            "also good int8 centre",
            "also good int8 f32");
    p.run().waitUntilFinish();
  }

  private static Picture picture(RgbImage crop) {
    return new Picture(Map.of(Preprocessing.IMAGENET, crop), Optional.empty());
  }

  @Test
  void logitsThatAreNotFiniteAreRejected() throws IOException {
    FormulaWeights formula = new FormulaWeights(Architecture.SQUEEZENET1_1.graph(10));
    Map<String, Tensor> huge = new HashMap<>();
    for (String name : formula.names()) {
      Tensor t = formula.read(name);
      float[] data = t.data().clone();
      for (int i = 0; i < data.length; i++) {
        data[i] *= 1e12f;
      }
      huge.put(name, new Tensor(t.shape(), data));
    }
    Path file = folder.resolve("huge.safetensors");
    SafetensorsWriter.write(new TensorMap("huge", huge), file);
    TestPipeline p = pipeline();
    PAssert.that(
            names(p, 1)
                .apply(DecodeImages.of(numbers()))
                .apply(ExplainImages.of(model.named("huge").withWeights(file)))
                .apply(CompareMaps.create())
                .rejects())
        .containsInAnyOrder(Reject.of("p1", "cam f32", "huge", "its logits are not finite"));
    p.run().waitUntilFinish();
  }

  @Test
  void timestampsAndWindowsAreKept() {
    TestPipeline p = pipeline();
    List<TimestampedValue<KV<String, Integer>>> names = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      names.add(TimestampedValue.of(KV.of("p" + i, i), new Instant(i * 60_000L + 5)));
    }
    PCollection<KV<String, LiveImage>> explained =
        p.apply(Create.timestamped(names))
            .apply(Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply(DecodeImages.of(numbers()))
            .apply(ComputeSaliency.by("centre"))
            .apply(ExplainImages.of(model).withBatchSize(2));
    PAssert.that(
            explained
                .apply(Reify.windows())
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            (ValueInSingleWindow<KV<String, LiveImage>> v) ->
                                v.getValue().getKey()
                                    + " "
                                    + v.getTimestamp().getMillis()
                                    + " "
                                    + v.getWindow().maxTimestamp().getMillis()
                                    + " "
                                    + v.getValue().getValue().maps().cams().size())))
        .containsInAnyOrder("p0 5 59999 1", "p1 60005 119999 1", "p2 120005 179999 1");
    p.run().waitUntilFinish();
    PCollection<ComparedImage> images = explained.apply(CompareMaps.create()).images();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                images.apply(
                    ChooseExhibits.of(
                        List.of("m"), new ChooseExhibits.Choice(1, 1, 1, List.of()))));
    assertTrue(e.getMessage().contains("takes the global window"), e.getMessage());
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingRuns() {
    TestPipeline p = pipeline();
    PCollection<KV<String, Integer>> names = names(p, 1);
    refused(names, Audit.of(numbers()), "at least one model");
    refused(names, Audit.of(numbers()).withModels(model, model), "Model.named()");
    refused(
        names,
        Audit.of(numbers()).withModels(model).withTarget(ExplainedClass.LABEL),
        "there are no labels");
    refused(
        names,
        Audit.of(numbers())
            .withModels(model)
            .withPrecisions("int8")
            .withCalibration(new Calibration(RangeRule.MINMAX, List.of(), Map.of())),
        "no ranges were calibrated for model 'squeezenet1_1'");
    PCollection<KV<String, Integer>> unbounded =
        names.setIsBoundedInternal(PCollection.IsBounded.UNBOUNDED);
    refused(unbounded, Audit.of(numbers()).withModels(model), "is unbounded");
    assertThrows(IllegalArgumentException.class, () -> CompareMaps.create().withMeasures(Set.of()));
    assertThrows(IllegalArgumentException.class, () -> ComputeSaliency.by("satsal"));
    assertThrows(IllegalArgumentException.class, () -> ComputeSaliency.by("centre", "centre"));
    assertThrows(
        IllegalArgumentException.class, () -> CalibrateRanges.of(List.of()).by(RangeRule.DYNAMIC));
  }

  private static void refused(
      PCollection<KV<String, Integer>> names, Audit<Integer> audit, String why) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> names.apply(audit));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  @Test
  void rangesAreTheObservations() throws IOException {
    int[] numbers = {0, 1, 2, 3, 4, -1, -2, -3};
    TestPipeline p = pipeline();
    // The hash's order decides; three of the first eight cannot be read, and four are wanted.
    PCollection<Calibration> calibration =
        names(p, numbers)
            .apply(SampleImages.of(4, numbers(), List.of(model)).fromFirst(8))
            .apply(CalibrateRanges.of(List.of(model)).by(RangeRule.AVERAGED));
    TreeSet<String> readable = new TreeSet<>(java.util.Comparator.comparing(SampleByKey::hash));
    for (int n : numbers) {
      if (n >= 0) {
        readable.add("p" + n);
      }
    }
    List<String> chosen = readable.stream().limit(4).sorted().toList();
    Observations expected = new Observations();
    try (ProgramCache.Lease<ObserverProgram> lease = ObserverProgram.lease(model)) {
      for (String key : chosen) {
        RgbImage crop =
            Preprocessing.IMAGENET.apply(TestImages.crop(Integer.parseInt(key.substring(1))));
        expected.add(lease.program().run(List.of(crop)).get(0));
      }
    }
    PAssert.thatSingleton(calibration)
        .isEqualTo(
            new Calibration(
                RangeRule.AVERAGED,
                chosen,
                Map.of("squeezenet1_1", expected.ranges(RangeMode.AVERAGED))));
    p.run().waitUntilFinish();
  }

  /** Two passes give what one place finds in all images, however they are spread. */
  @Test
  void rangesOfHistograms() throws IOException {
    TestPipeline p = pipeline();
    List<RangeRule> rules =
        List.of(RangeRule.MINMAX, RangeRule.parse("percentile:99"), RangeRule.parse("mse"));
    PCollection<Calibration> calibrations =
        names(p, 0, 1, 2, 3, 4)
            .apply(SampleImages.of(5, numbers(), List.of(model)))
            .apply(CalibrateRanges.of(List.of(model)).by(rules.toArray(RangeRule[]::new)));
    List<String> keys = List.of("p0", "p1", "p2", "p3", "p4");
    Observations extremes = new Observations();
    Map<String, Histogram> counts = new HashMap<>();
    try (var observer = ObserverProgram.lease(model);
        var counter = HistogramProgram.lease(model)) {
      List<RgbImage> crops = new ArrayList<>();
      for (String key : keys) {
        crops.add(
            Preprocessing.IMAGENET.apply(TestImages.crop(Integer.parseInt(key.substring(1)))));
      }
      crops.forEach(crop -> extremes.add(observer.program().run(List.of(crop)).get(0)));
      Map<String, Range> ends = extremes.ranges(RangeMode.MINMAX).points();
      for (RgbImage crop : crops) {
        counter
            .program()
            .run(crop, "", ends)
            .forEach((point, h) -> counts.merge(point, h, TransformsTest::sum));
      }
    }
    PAssert.that(calibrations)
        .containsInAnyOrder(
            rules.stream()
                .map(
                    rule ->
                        new Calibration(
                            rule, keys, Map.of("squeezenet1_1", rule.ranges(extremes, counts))))
                .toList());
    p.run().waitUntilFinish();
  }

  private static Histogram sum(Histogram one, Histogram other) {
    one.add(other);
    return one;
  }

  @Test
  void masksAreReadAndMissingOnesNamed() throws IOException {
    Path masks = Files.createDirectories(folder.resolve("masks"));
    java.awt.image.BufferedImage mask =
        new java.awt.image.BufferedImage(256, 256, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
    mask.createGraphics().fillRect(0, 0, 128, 256);
    Files.write(masks.resolve("p1.png"), TestImages.encode(mask, "png"));
    TestPipeline p = pipeline();
    PCollectionTuple out = names(p, 1, 2).apply(ReadMasks.in(masks.toString(), List.of(model)));
    PAssert.that(out.get(ReadMasks.MASKS))
        .satisfies(
            found -> {
              SeenMask seen = found.iterator().next().getValue();
              assertEquals(CenterCrop.IMAGENET, seen.framing());
              assertEquals(224 * 112, seen.mask().bits().cardinality());
              return null;
            });
    PAssert.that(out.get(ReadMasks.REJECTS))
        .containsInAnyOrder(
            Reject.of("p2", "mask", "", "there is no mask " + masks.resolve("p2.png")));
    p.run().waitUntilFinish();
  }

  @Test
  void transformsDescribeThemselves() {
    for (PTransform<?, ?> transform :
        List.of(
            MatchImages.in("x"),
            Scenes.read(3, 1),
            SpreadKeys.create(),
            DecodeImages.of(numbers()).withModels(List.of(model)),
            ComputeSaliency.by("centre"),
            ExplainImages.of(model).withPrecisions("int8"),
            CompareMaps.create(),
            SummarizeComparisons.create(),
            ChooseExhibits.of(List.of("m"), ChooseExhibits.Choice.NONE),
            CalibrateRanges.of(List.of(model)),
            SampleImages.of(3, numbers(), List.of(model)),
            ReadMasks.in("x", List.of(model)),
            Audit.files().withModels(model))) {
      assertFalse(DisplayData.from(transform).items().isEmpty(), transform.toString());
    }
  }
}
