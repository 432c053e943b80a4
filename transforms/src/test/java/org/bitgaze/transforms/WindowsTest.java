package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Unbounded input in fixed windows: each window's summary is that of its images in batch. */
class WindowsTest implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), MINUTE);
  private static final IntervalWindow SECOND = new IntervalWindow(FIRST.end(), MINUTE);

  private static KV<String, Scene> scene(int index) {
    Scene scene = Scene.of(5, index);
    return KV.of(scene.key(), scene);
  }

  private static TimestampedValue<KV<String, Scene>> at(int second, int index) {
    return TimestampedValue.of(scene(index), new Instant(1000L * second));
  }

  private static Audit<Scene> audit() {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    return Audit.scenes()
        .withExplanation(ExplainImages.of(model).withPrecisions("int4").withBatchSize(1))
        .withSaliency("centre");
  }

  private static Map<String, String> text(Iterable<KV<SummaryKey, Statistics>> lines) {
    Map<String, String> text = new TreeMap<>();
    lines.forEach(line -> text.put(line.getKey().toString(), line.getValue().toString()));
    return text;
  }

  /** The summary of some scenes as a batch job computes it. */
  private static Map<String, String> batch(int... scenes) {
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    List<KV<String, Scene>> images = new ArrayList<>();
    for (int index : scenes) {
      images.add(scene(index));
    }
    Map<String, String> summary = new TreeMap<>();
    BATCH.clear();
    PAssert.that(p.apply(Create.of(images)).apply(audit()).summary())
        .satisfies(
            lines -> {
              BATCH.putAll(text(lines));
              return null;
            });
    p.run().waitUntilFinish();
    summary.putAll(BATCH);
    return summary;
  }

  private static final Map<String, String> BATCH = new TreeMap<>();

  @Test
  void eachWindowHasItsOwnSummaryAndLateImagesJoinTheirs() {
    Map<String, String> early = batch(0, 1);
    Map<String, String> withLate = batch(0, 1, 4);
    Map<String, String> second = batch(2, 3);
    TestStream<KV<String, Scene>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), coder()))
            .advanceWatermarkTo(new Instant(0))
            .addElements(at(1, 0), at(2, 1))
            .addElements(at(61, 2))
            .advanceWatermarkTo(new Instant(60_000))
            .addElements(at(62, 3))
            .addElements(at(3, 4))
            .advanceWatermarkToInfinity();
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    Audit.Result result =
        p.apply(stream)
            .apply(
                Window.<KV<String, Scene>>into(FixedWindows.of(MINUTE))
                    .triggering(
                        AfterWatermark.pastEndOfWindow()
                            .withLateFirings(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.standardHours(1))
                    .accumulatingFiredPanes())
            .apply(audit());
    PAssert.that(result.rejects()).empty();
    PAssert.that(result.summary())
        .inOnTimePane(FIRST)
        .satisfies(
            lines -> {
              assertEquals(early, text(lines));
              return null;
            });
    PAssert.that(result.summary())
        .inLatePane(FIRST)
        .satisfies(
            lines -> {
              assertEquals(withLate, text(lines));
              return null;
            });
    PAssert.that(result.summary())
        .inOnTimePane(SECOND)
        .satisfies(
            lines -> {
              assertEquals(second, text(lines));
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void samplesAreChosenPerWindow() {
    TestStream<KV<String, Integer>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
            .addElements(
                TimestampedValue.of(KV.of("a", 1), new Instant(1000)),
                TimestampedValue.of(KV.of("b", 2), new Instant(61_000)))
            .advanceWatermarkToInfinity();
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PCollection<KV<String, Integer>> sample =
        p.apply(stream).apply(Window.into(FixedWindows.of(MINUTE))).apply(SampleByKey.of(1));
    PAssert.that(sample).inWindow(FIRST).containsInAnyOrder(KV.of("a", 1));
    PAssert.that(sample).inWindow(SECOND).containsInAnyOrder(KV.of("b", 2));
    p.run().waitUntilFinish();
  }

  @Test
  void whatNeverEndsIsRefused() {
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    TestStream<KV<String, Scene>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), coder())).advanceWatermarkToInfinity();
    PCollection<KV<String, Scene>> unbounded = p.apply(stream);
    IllegalArgumentException endless =
        assertThrows(IllegalArgumentException.class, () -> unbounded.apply(audit()));
    assertTrue(endless.getMessage().contains("FixedWindows"), endless.getMessage());
    IllegalArgumentException exhibits =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                unbounded
                    .apply("Windows", Window.into(FixedWindows.of(MINUTE)))
                    .apply(
                        "Shown",
                        audit().withExhibits(new ChooseExhibits.Choice(1, 1, 1, List.of()))));
    assertTrue(exhibits.getMessage().contains("ChooseExhibits"), exhibits.getMessage());
  }

  private static Coder<Scene> coder() {
    try {
      return TestPipeline.create().getCoderRegistry().getCoder(Scene.class);
    } catch (CannotProvideCoderException e) {
      throw new IllegalStateException(e);
    }
  }
}
