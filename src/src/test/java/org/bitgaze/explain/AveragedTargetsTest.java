package org.bitgaze.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Letterbox;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.MapStatus;
import org.junit.jupiter.api.Test;

/** The average of several target layers' maps, against plain arithmetic. */
class AveragedTargetsTest {
  /** The upper and the lower quarter show padding. */
  private static final Letterbox FRAMING = new Letterbox(224, 224);

  private static final ImageSize WIDE = new ImageSize(200, 100);
  private static final Grid GRID = Grid.of(FRAMING, Optional.of(WIDE));

  @Test
  void scalesEachMapInThePicture() {
    Heatmap columns = new Heatmap(1, 2, new float[] {3, 7});
    Heatmap rows = new Heatmap(4, 1, new float[] {100, 1, 2, 0});
    float[] average =
        AveragedTargets.average(List.of(map(columns), map(rows)), GRID).cam().values();
    assertEquals(224 * 224, average.length);
    double[] wide = columns.resample(224, 224);
    double[] high = rows.resample(224, 224);
    for (int y = 0; y < 224; y++) {
      for (int x = 0; x < 224; x++) {
        int i = y * 224 + x;
        boolean seen = y >= 56 && y < 168;
        double expected = (scaled(wide, i, 56, 168) + scaled(high, i, 56, 168)) / 2;
        assertEquals(seen ? expected : 0, average[i], 1e-6, y + ", " + x);
      }
    }
  }

  /** Among the rows of the picture. */
  private static double scaled(double[] all, int index, int from, int to) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = from * 224; i < to * 224; i++) {
      low = Math.min(low, all[i]);
      high = Math.max(high, all[i]);
    }
    return (all[index] - low) / (high - low);
  }

  @Test
  void aMapWithoutValuesCountsAsZeros() {
    Explanation map = map(new Heatmap(1, 2, new float[] {0, 5}));
    Explanation vanished = map(new Heatmap(2, 2, new float[4]));
    float[] alone = AveragedTargets.average(List.of(map), GRID).cam().values();
    float[] both = AveragedTargets.average(List.of(map, vanished), GRID).cam().values();
    for (int i = 0; i < both.length; i++) {
      assertEquals(alone[i] / 2, both[i], 1e-7);
    }
    assertEquals(
        MapStatus.VANISHED, AveragedTargets.average(List.of(vanished, vanished), GRID).status());
    Explanation infinite = map(new Heatmap(1, 2, new float[] {0, Float.POSITIVE_INFINITY}));
    assertSame(infinite, AveragedTargets.average(List.of(map, infinite), GRID));
  }

  /** The answer is the first program's: the others are told which one to explain. */
  @Test
  void allMapsExplainOneAnswer() throws Exception {
    List<OptionalInt> asked = new ArrayList<>();
    AveragedTargets both = new AveragedTargets(List.of(new Fixed(2, asked), new Fixed(1, asked)));
    try (Explainer explainer = both.open()) {
      Explainer.Input input =
          new Explainer.Input("k", new RgbImage(1, 1, new byte[3]), OptionalInt.empty());
      Explanation found = explainer.explain(List.of(input)).get(0).get(0);
      assertEquals(2, found.explained());
      assertEquals(List.of(OptionalInt.empty(), OptionalInt.of(2)), asked);
      assertArrayEquals(new float[] {2}, explainer.outputs(List.of(new float[3])).get(0));
    }
  }

  private static Explanation map(Heatmap map) {
    return new Explanation(map, new float[] {1}, 0, false);
  }

  /** Answers with a class of its own. */
  private record Fixed(int own, List<OptionalInt> asked) implements ExplainerSpec {
    private static final long serialVersionUID = 1L;

    @Override
    public String modelId() {
      return "m";
    }

    @Override
    public List<String> labels() {
      return List.of("f32");
    }

    @Override
    public Preprocessing preprocessing() {
      return new Preprocessing(FRAMING, Interpolation.BILINEAR, Normalization.IMAGENET);
    }

    @Override
    public int batchSize() {
      return 1;
    }

    @Override
    public Explainer open() {
      return new Explainer() {
        @Override
        public List<List<Explanation>> explain(List<Input> inputs) {
          OptionalInt wanted = inputs.get(0).explainedClass();
          asked.add(wanted);
          Heatmap map = new Heatmap(1, 2, new float[] {0, 1});
          return List.of(
              List.of(new Explanation(map, new float[] {own}, wanted.orElse(own), false)));
        }

        @Override
        public List<float[]> outputs(List<float[]> inputs) {
          return List.of(new float[] {own});
        }

        @Override
        public void close() {}
      };
    }
  }
}
