package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.Mask;
import org.bitgaze.image.RgbImage;
import org.bitgaze.program.ModelFile;
import org.bitgaze.program.Programs;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Range;
import org.bitgaze.scene.Scene;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.TestImages;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every transform on the direct runner, with a small network of formula weights. */
class TransformsTest {
  @TempDir private static Path folder;
  private static ModelFile model;
  private static Path images;

  @BeforeAll
  static void makeInputs() throws IOException {
    Path weights = folder.resolve("squeezenet1_1.safetensors");
    SafetensorsWriter.write(new FormulaWeights(Architecture.SQUEEZENET1_1.graph(10)), weights);
    model = new ModelFile("squeezenet1_1", weights.toString());
    images = Files.createDirectories(folder.resolve("images/deep"));
    TestImages.write(images, 5);
    images = images.getParent();
    Files.writeString(images.resolve("text.jpg"), "not an image");
    Files.writeString(images.resolve("labels.csv"), "file,class_index\n");
    Files.createDirectories(images.resolve("folder.png"));
  }

  private static TestPipeline pipeline() {
    return TestPipeline.create().enableAbandonedNodeEnforcement(false);
  }

  private static PCollection<KV<String, RgbImage>> crops(TestPipeline p, int count)
      throws IOException {
    List<KV<String, RgbImage>> crops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      crops.add(KV.of("p" + i, TestImages.crop(i)));
    }
    return p.apply(
        "Crops", Create.of(crops).withCoder(KvCoder.of(StringUtf8Coder.of(), RgbImageCoder.of())));
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
  void matchesPatterns() {
    TestPipeline p = pipeline();
    PCollection<String> keys =
        p.apply(MatchImages.matching(images + "/deep/p[12].png", images.toString()))
            .apply(Keys.create());
    PAssert.that(keys).containsInAnyOrder("deep/p1.png", "deep/p2.png");
    p.run().waitUntilFinish();
  }

  @Test
  void unreadableImagesAreRejectedWithTheReason() {
    TestPipeline p = pipeline();
    PCollectionTuple decoded =
        p.apply(MatchImages.in(images.toString())).apply(DecodeImages.files());
    PAssert.that(decoded.get(DecodeImages.REJECTS))
        .containsInAnyOrder(Reject.of("text.jpg", "no JPEG, PNG, WebP, GIF, BMP or TIFF image"));
    PAssert.that(decoded.get(DecodeImages.IMAGES))
        .satisfies(
            found -> {
              int n = 0;
              for (KV<String, RgbImage> image : found) {
                assertEquals(224, image.getValue().width());
                n++;
              }
              assertEquals(5, n);
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void imagesWithoutPrecomputedMapAreRejected() throws IOException {
    Path maps = Files.createDirectories(folder.resolve("maps"));
    Files.write(maps.resolve("p0.png"), TestImages.encode(TestImages.picture(9, 300, 260), "png"));
    TestPipeline p = pipeline();
    PCollectionTuple out =
        crops(p, 2).apply(ComputeSaliency.from(SaliencySource.maps(maps.toString())));
    PAssert.that(out.get(ComputeSaliency.MAPS).apply(Keys.create())).containsInAnyOrder("p0");
    PAssert.that(out.get(ComputeSaliency.REJECTS))
        .containsInAnyOrder(Reject.of("p1", "no saliency map " + maps.resolve("p1.png")));
    p.run().waitUntilFinish();
  }

  @Test
  void imagesWithoutLabelAreRejectedOnlyWhereItIsNeeded() throws IOException {
    TestPipeline p = pipeline();
    PCollectionView<Map<String, Integer>> labels =
        p.apply("Labels", Create.of(KV.of("p0", 3))).apply(View.asMap());
    PCollection<KV<String, RgbImage>> crops = crops(p, 2);
    PCollectionTuple out = crops.apply("ByLabel", AssignTargets.labels(labels));
    PAssert.that(out.get(AssignTargets.TARGETED))
        .satisfies(
            found -> {
              assertEquals(3, found.iterator().next().getValue().target());
              return null;
            });
    PAssert.that(out.get(AssignTargets.REJECTS)).containsInAnyOrder(Reject.of("p1", "no label"));
    PCollectionTuple own = crops.apply("Own", AssignTargets.own());
    PAssert.that(own.get(AssignTargets.TARGETED).apply(Keys.create()))
        .containsInAnyOrder("p0", "p1");
    p.run().waitUntilFinish();
  }

  @Test
  void samplesDependOnKeysOnly() {
    List<KV<String, Integer>> elements = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      elements.add(KV.of("image" + i, i));
    }
    List<List<String>> samples = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      java.util.Collections.shuffle(elements, new java.util.Random(run));
      TestPipeline p = pipeline();
      PCollection<String> keys =
          p.apply(Create.of(elements)).apply(SampleByKey.of(7)).apply(Keys.create());
      Path out = folder.resolve("sample" + run);
      keys.apply(org.apache.beam.sdk.io.TextIO.write().to(out.toString()).withoutSharding());
      p.run().waitUntilFinish();
      try {
        samples.add(new ArrayList<>(new TreeSet<>(Files.readAllLines(out))));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    assertEquals(7, samples.get(0).size());
    assertEquals(samples.get(0), samples.get(1));
  }

  @Test
  void calibratesRanges() throws IOException {
    Map<String, Range> expected = new HashMap<>();
    try (var lease = Programs.observer(model)) {
      for (int i = 0; i < 2; i++) {
        lease
            .program()
            .run(List.of(TestImages.crop(i)))
            .get(0)
            .forEach(
                (point, r) ->
                    expected.merge(
                        point,
                        r,
                        (a, b) ->
                            new Range(Math.min(a.min(), b.min()), Math.max(a.max(), b.max()))));
      }
    }
    TestPipeline p = pipeline();
    PCollectionView<Map<String, Range>> view =
        crops(p, 2).apply(CalibrateRanges.of(model, RangeMode.MINMAX)).apply(View.asSingleton());
    PCollection<Boolean> equal =
        p.apply("One", Create.of(1))
            .apply(
                org.apache.beam.sdk.transforms.ParDo.of(new EqualsFn(view, expected))
                    .withSideInputs(view));
    PAssert.that(equal).containsInAnyOrder(true);
    p.run().waitUntilFinish();
  }

  private static final class EqualsFn
      extends org.apache.beam.sdk.transforms.DoFn<Integer, Boolean> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Range>> view;
    private final HashMap<String, Range> expected;

    EqualsFn(PCollectionView<Map<String, Range>> view, Map<String, Range> expected) {
      this.view = view;
      this.expected = new HashMap<>(expected);
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.output(new HashMap<>(c.sideInput(view)).equals(expected));
    }
  }

  @Test
  void explainsAtEveryPrecision() throws IOException {
    ExplainOptions base = ExplainOptions.of(model);
    ExplainOptions options =
        new ExplainOptions(
            base.model(),
            base.targetLayer(),
            base.cam(),
            List.of(Precision.of("int8"), Precision.of("int2")),
            RangeMode.DYNAMIC,
            TargetMode.REFERENCE,
            2,
            1);
    TestPipeline p = pipeline();
    PCollection<KV<String, CamMap>> cams =
        crops(p, 3)
            .apply(AssignTargets.own())
            .get(AssignTargets.TARGETED)
            .apply(ExplainImages.with(options));
    PAssert.that(cams)
        .satisfies(
            found -> {
              Map<String, Integer> explained = new HashMap<>();
              TreeSet<String> seen = new TreeSet<>();
              for (KV<String, CamMap> cam : found) {
                CamMap map = cam.getValue();
                seen.add(cam.getKey() + " " + map.precision());
                assertEquals(13, map.cam().width());
                // All precisions explain the class that f32 predicts.
                Integer other = explained.putIfAbsent(cam.getKey(), map.explainedClass());
                assertTrue(other == null || other == map.explainedClass());
                if (map.precision().equals("f32")) {
                  assertEquals(map.predictedClass(), map.explainedClass());
                }
              }
              assertEquals(
                  "[p0 f32, p0 int2, p0 int8, p1 f32, p1 int2, p1 int8, p2 f32, p2 int2, p2 int8]",
                  seen.toString());
              return null;
            });
    p.run().waitUntilFinish();
  }

  private static Heatmap map(float left, float right) {
    return new Heatmap(1, 2, new float[] {left, right});
  }

  @Test
  void joinsByImageAndCompares() {
    TestPipeline p = pipeline();
    PCollection<KV<String, Heatmap>> saliency =
        p.apply(
            "Saliency",
            Create.of(KV.of("a", map(1, 3)))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), HeatmapCoder.of())));
    Mask right = Mask.of(map(0, 1).resize(224, 224));
    PCollection<KV<String, Mask>> masks =
        p.apply(
            "Masks",
            Create.of(KV.of("a", right))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), MaskCoder.of())));
    PCollection<KV<String, CamMap>> cams =
        p.apply(
            "Cams",
            Create.of(
                    KV.of("a", new CamMap("n", "f32", 1, 0.9, 1, map(1, 3))),
                    KV.of("a", new CamMap("n", "int8", 2, 0.8, 1, map(3, 1))),
                    KV.of("b", new CamMap("n", "f32", 1, 0.9, 1, map(0, 0))))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), CamMapCoder.of())));
    PCollectionView<Map<String, Integer>> labels =
        p.apply("Labels", Create.of(KV.of("a", 1))).apply(View.asMap());
    PCollectionTuple compared =
        PCollectionTuple.of(CompareMaps.SALIENCY, saliency)
            .and(CompareMaps.MASKS, masks)
            .and(CompareMaps.CAMS, cams)
            .apply(CompareMaps.withLabels(labels));
    PCollection<Comparison> rows = compared.get(CompareMaps.ROWS);
    PAssert.that(compared.get(CompareMaps.IMAGES))
        .satisfies(
            found -> {
              Map<String, ImageMaps> images = new HashMap<>();
              found.forEach(i -> images.put(i.key(), i));
              assertEquals(2, images.size());
              assertEquals(-1, images.get("a").worst("n").orElseThrow(), 1e-6);
              assertTrue(images.get("b").worst("n").isEmpty(), "f32 is degenerate");
              assertTrue(images.get("a").cams().get(1).flipped());
              return null;
            });
    PAssert.that(rows)
        .satisfies(
            found -> {
              Map<String, Comparison> byName = new HashMap<>();
              found.forEach(r -> byName.put(r.getKey() + r.getPrecision() + r.getReference(), r));
              assertEquals(7, byName.size());
              Comparison onMask = byName.get("af32mask");
              assertEquals(true, onMask.getPointing());
              // Upsampled, (1, 3) is 1, a slope and 3: quarters of 1, 1.5, 2.5 and 3 in the mean.
              assertEquals((2.5 + 3) / (1 + 1.5 + 2.5 + 3), onMask.getEnergy(), 1e-6);
              assertEquals(false, byName.get("aint8mask").getPointing());
              assertNull(byName.get("bf32mask").getEnergy());
              assertNull(byName.get("af32saliency").getPointing());
              Comparison same = byName.get("af32saliency");
              assertEquals(1, same.getSim(), 1e-12);
              assertEquals(1, same.getLabel());
              Comparison flipped = byName.get("aint8f32");
              assertTrue(flipped.getFlipped());
              assertEquals(-1, flipped.getCc(), 1e-6);
              assertEquals("map: it is all zero", byName.get("bf32saliency").getDegenerate());
              return null;
            });
    PCollection<KV<SummaryKey, Statistics>> summary = rows.apply(SummarizeComparisons.create());
    PAssert.that(summary)
        .satisfies(
            found -> {
              Map<SummaryKey, Statistics> s = new HashMap<>();
              found.forEach(kv -> s.put(kv.getKey(), kv.getValue()));
              Statistics sim = s.get(SummaryKey.of("n", "f32", "saliency", "SIM"));
              assertEquals(1, sim.getCount());
              assertEquals(1, sim.getDegenerate());
              Statistics pointing = s.get(SummaryKey.of("n", "f32", "mask", "pointing"));
              assertEquals(1, pointing.getMean());
              assertEquals(1, pointing.getDegenerate());
              assertEquals(1, s.get(SummaryKey.of("n", "f32", "label", "top1")).getMean());
              assertEquals(0, s.get(SummaryKey.of("n", "int8", "label", "top1")).getMean());
              assertEquals(1, s.get(SummaryKey.of("n", "int8", "f32", "flip")).getMean());
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void theWholeGraph() {
    for (RangeMode ranges : RangeMode.values()) {
      ExplainOptions base = ExplainOptions.of(model);
      ExplainOptions network =
          new ExplainOptions(
              model,
              base.targetLayer(),
              base.cam(),
              List.of(Precision.of("int16")),
              ranges,
              TargetMode.OWN,
              1,
              1);
      TestPipeline p = pipeline();
      PCollectionTuple out =
          p.apply(MatchImages.in(images.toString()))
              .apply(
                  Audit.files(
                      new Audit.Options(
                          List.of(network),
                          SaliencySource.spectralResidual(),
                          null,
                          null,
                          3,
                          new ChooseExhibits.Choice(1, 0, 0, List.of("deep/p3.png")))));
      PAssert.that(out.get(Audit.ROWS))
          .satisfies(
              rows -> {
                int n = 0;
                for (Comparison row : rows) {
                  n++;
                  if (row.getReference().equals("f32") && ranges != RangeMode.AVERAGED) {
                    assertTrue(row.getCc() > 0.99, row.toString());
                  }
                }
                assertEquals(15, n);
                return null;
              });
      PAssert.that(out.get(Audit.EXHIBITS))
          .satisfies(
              found -> {
                Map<String, List<String>> reasons = new HashMap<>();
                found.forEach(
                    e -> {
                      assertEquals(224, e.getValue().width());
                      reasons.put(e.getKey().maps().key(), e.getKey().reasons());
                    });
                assertTrue(reasons.get("deep/p3.png").contains("asked for"), reasons.toString());
                assertTrue(reasons.size() <= 2, reasons.toString());
                assertEquals(
                    1,
                    reasons.values().stream()
                        .flatMap(List::stream)
                        .filter(r -> r.startsWith("among the largest drifts of squeezenet1_1"))
                        .count());
                return null;
              });
      PAssert.that(out.get(Audit.CALIBRATION))
          .satisfies(
              keys -> {
                List<String> found = new ArrayList<>();
                keys.forEach(found::add);
                // Of the three in the sample one may be text.jpg, which is no image.
                boolean sampled = found.size() == 2 || found.size() == 3;
                assertTrue(ranges == RangeMode.DYNAMIC ? found.isEmpty() : sampled, "" + found);
                return null;
              });
      PAssert.that(out.get(Audit.RANGES))
          .satisfies(
              found -> {
                int n = 0;
                for (KV<String, Map<String, Range>> of : found) {
                  assertEquals("squeezenet1_1", of.getKey());
                  assertEquals(35, of.getValue().size());
                  n++;
                }
                assertEquals(ranges == RangeMode.DYNAMIC ? 0 : 1, n);
                return null;
              });
      PAssert.thatSingleton(
              out.get(Audit.REJECTS).apply(org.apache.beam.sdk.transforms.Count.globally()))
          .isEqualTo(1L);
      p.run().waitUntilFinish();
    }
  }

  @Test
  void scenesAreMadeInTheJob() {
    TestPipeline p = pipeline();
    Scenes scenes = Scenes.read(40, 6);
    PCollection<KV<String, Scene>> read = p.apply("Scenes", scenes);
    PCollectionView<Map<String, Integer>> labels = p.apply("Labels", scenes.labels());
    PCollection<Boolean> right =
        read.apply(
            org.apache.beam.sdk.transforms.ParDo.of(new IsLabelFn(labels)).withSideInputs(labels));
    PAssert.that(read.apply(Keys.create()))
        .satisfies(
            keys -> {
              Set<String> found = new HashSet<>();
              keys.forEach(found::add);
              Set<String> expected = new HashSet<>();
              for (int i = 0; i < 40; i++) {
                expected.add(Scene.of(6, i).key());
              }
              assertEquals(expected, found);
              return null;
            });
    PAssert.that(right.apply(org.apache.beam.sdk.transforms.Distinct.create()))
        .containsInAnyOrder(true);
    p.run().waitUntilFinish();
    assertThrows(IllegalArgumentException.class, () -> Scenes.read(0, 1));
  }

  private static final class IsLabelFn
      extends org.apache.beam.sdk.transforms.DoFn<KV<String, Scene>, Boolean> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Integer>> labels;

    IsLabelFn(PCollectionView<Map<String, Integer>> labels) {
      this.labels = labels;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      Integer label = c.sideInput(labels).get(c.element().getKey());
      c.output(label != null && label == c.element().getValue().label().index());
    }
  }

  @Test
  void exhibitsAreTheWorstASampleAndThoseAskedFor() {
    List<ImageMaps> images = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Double cc = i == 7 ? null : Double.valueOf(i / 20.0);
      images.add(
          new ImageMaps(
              "k" + i,
              null,
              null,
              List.of(
                  new ComparedMap(new CamMap("n", "f32", 1, 0.9, 1, map(1, 3)), false, 1.0),
                  new ComparedMap(new CamMap("n", "int8", 1, 0.9, 1, map(1, 3)), false, cc))));
    }
    for (int sample : List.of(0, 4)) {
      TestPipeline p = pipeline();
      PCollection<KV<String, Exhibit>> chosen =
          p.apply(Create.of(images).withCoder(ImageMapsCoder.of()))
              .apply(
                  ChooseExhibits.of(
                      List.of("n"), new ChooseExhibits.Choice(3, sample, 5, List.of("k0", "x"))));
      PAssert.that(chosen)
          .satisfies(
              found -> {
                Map<String, List<String>> reasons = new HashMap<>();
                found.forEach(e -> reasons.put(e.getKey(), e.getValue().reasons()));
                String among = "among the largest drifts of n: ";
                assertEquals(
                    List.of(among + "CC with f32 0.000", "asked for"),
                    reasons.get("k0").subList(0, 2));
                assertTrue(reasons.get("k7").contains(among + "a map vanishes"));
                assertTrue(reasons.get("k1").contains(among + "CC with f32 0.050"));
                long sampled = reasons.values().stream().filter(r -> r.contains("sample")).count();
                assertEquals(sample, sampled);
                return null;
              });
      p.run().waitUntilFinish();
    }
  }

  @Test
  void labelFilesAreChecked() throws IOException {
    assertLabels("file,class_index\na.jpg,3\n\"b,c.jpg\",0\n", "{a.jpg=3, b,c.jpg=0}");
    assertLabels("class_index,x,file\n1,y,a\n", "{a=1}");
    assertLabelsFail("name,class_index\na,1\n", "no column 'file'");
    assertLabelsFail("file,class_index\na,dog\n", "line 2: class_index 'dog'");
    assertLabelsFail("file,class_index\na,-1\n", "line 2: class_index '-1'");
    assertLabelsFail("file,class_index\na,1\na,2\n", "line 3: 'a' has two labels");
    assertLabelsFail("file,class_index\na\n", "line 2: has 1 columns");
  }

  private static void assertLabels(String csv, String expected) throws IOException {
    Path file = Files.writeString(folder.resolve("l.csv"), csv);
    Map<String, Integer> labels = new java.util.TreeMap<>();
    ReadLabels.read(file.toString(), labels::put);
    assertEquals(expected, labels.toString());
  }

  private static void assertLabelsFail(String csv, String problem) throws IOException {
    Path file = Files.writeString(folder.resolve("l.csv"), csv);
    IOException e =
        assertThrows(IOException.class, () -> ReadLabels.read(file.toString(), (f, c) -> {}));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
  }
}
