package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Heatmap;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.transforms.coders.BitgazeCoders;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.ExhibitReason.Kind;
import org.junit.jupiter.api.Test;

class ChooseExhibitsTest {
  private static final Heatmap MAP = new Heatmap(1, 2, new float[] {0, 1});

  private static ComparedMap map(String precision, OptionalDouble cc) {
    return new ComparedMap(
        new CamMap("m", precision, CenterCrop.IMAGENET, 1, 0.5, 1, false, MAP, Fidelity.UNKNOWN),
        false,
        cc);
  }

  private static ComparedImage image(String key, OptionalDouble cc) {
    return new ComparedImage(
        key, List.of(), List.of(), List.of(map("f32", OptionalDouble.of(1)), map("int8", cc)));
  }

  /** Against sorting everything. */
  @Test
  void theWorstTheSampleAndTheWantedAreShown() {
    Random random = new Random(6);
    List<ComparedImage> images = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      OptionalDouble cc =
          i == 77 ? OptionalDouble.empty() : OptionalDouble.of(random.nextInt(40) / 50.0);
      images.add(image(String.format("k%03d", i), cc));
    }
    Set<String> expected = new TreeSet<>(Set.of("k005", "k200"));
    images.stream()
        .sorted(
            Comparator.<ComparedImage>comparingDouble(i -> i.drifts("m").get("int8"))
                .thenComparing(ComparedImage::key))
        .limit(7)
        .forEach(i -> expected.add(i.key()));
    images.stream()
        .sorted(
            Comparator.<ComparedImage>comparingDouble(i -> -i.drifts("m").get("int8"))
                .thenComparing(ComparedImage::key))
        .limit(1)
        .forEach(i -> expected.add(i.key()));
    images.stream()
        .sorted(Comparator.comparingLong(i -> SampleByKey.hash("exhibits 3" + i.key())))
        .limit(5)
        .forEach(i -> expected.add(i.key()));
    TestPipeline p = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    PAssert.that(
            p.apply(Create.of(images).withCoder(BitgazeCoders.COMPARED_IMAGE))
                .apply(
                    ChooseExhibits.of(
                        List.of("m"),
                        new ChooseExhibits.Choice(7, 5, 3, List.of("k005", "k200", "no such")))))
        .satisfies(
            found -> {
              Set<String> keys = new TreeSet<>();
              for (Exhibit exhibit : found) {
                keys.add(exhibit.image().key());
                if (exhibit.image().key().equals("k077")) {
                  assertEquals(
                      List.of(new ExhibitReason(Kind.LARGEST_DRIFT, "m", "int8", null)),
                      exhibit.reasons());
                }
              }
              assertEquals(expected, keys);
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void aLimitLetsTheSmallestHashesThrough() {
    KeyLimit.Finder finder = new KeyLimit.Finder(10);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      keys.add("photo" + i);
      finder.add("photo" + i);
    }
    KeyLimit limit = finder.limit();
    Set<String> expected =
        keys.stream()
            .sorted(Comparator.comparingLong(SampleByKey::hash))
            .limit(10)
            .collect(Collectors.toSet());
    assertEquals(expected, keys.stream().filter(limit::accepts).collect(Collectors.toSet()));
  }
}
