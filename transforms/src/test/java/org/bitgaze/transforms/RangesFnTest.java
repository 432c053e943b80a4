package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.bitgaze.quant.Range;
import org.junit.jupiter.api.Test;

class RangesFnTest {

  /** To the bit, for a last bit can move a quantization step. */
  @Property(tries = 200)
  void orderDoesNotMatter(@ForAll @Size(min = 1, max = 30) List<Float> values, @ForAll long seed)
      throws Exception {
    List<Map<String, Range>> images = new ArrayList<>();
    for (float v : values) {
      float finite = Float.isFinite(v) ? v : 1;
      images.add(Map.of("conv1", new Range(-Math.abs(finite), Math.abs(finite) / 3)));
    }
    for (RangeMode mode : List.of(RangeMode.MINMAX, RangeMode.AVERAGED)) {
      Map<String, Range> expected = combine(mode.combineFn(), images, new Random(0));
      Collections.shuffle(images, new Random(seed));
      assertEquals(expected, combine(mode.combineFn(), images, new Random(seed)));
    }
  }

  @Test
  void valuesByHand() throws Exception {
    List<Map<String, Range>> images =
        List.of(
            Map.of("a", new Range(-1, 2), "b", new Range(0, 1)),
            Map.of("a", new Range(-4, 1), "b", new Range(0, 6)));
    assertEquals(
        Map.of("a", new Range(-4, 2), "b", new Range(0, 6)),
        combine(RangeMode.MINMAX.combineFn(), images, new Random(1)));
    assertEquals(
        Map.of("a", new Range(-2.5, 1.5), "b", new Range(0, 3.5)),
        combine(RangeMode.AVERAGED.combineFn(), images, new Random(1)));
  }

  private static <A> Map<String, Range> combine(
      CombineFn<Map<String, Range>, A, Map<String, Range>> fn,
      List<Map<String, Range>> images,
      Random random)
      throws Exception {
    Coder<A> coder = fn.getAccumulatorCoder(null, null);
    List<A> parts = new ArrayList<>();
    for (Map<String, Range> image : images) {
      if (parts.isEmpty() || random.nextBoolean()) {
        parts.add(fn.createAccumulator());
      }
      int i = random.nextInt(parts.size());
      parts.set(i, fn.addInput(CoderUtils.clone(coder, parts.get(i)), image));
    }
    Collections.shuffle(parts, random);
    return fn.extractOutput(fn.mergeAccumulators(parts));
  }
}
