package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import javax.annotation.Nullable;
import org.bitgaze.pipelines.output.AnswerView;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.MapImage;
import org.junit.jupiter.api.Test;

class GalleryTest {
  private static final MapImage NOTHING = new MapImage(1, 1, new byte[1]);
  private static final MapImage MAP = new MapImage(2, 2, new byte[] {0, 1, 2, 3});

  private static String drift(String shown, MapImage f32, MapImage int8, @Nullable Double cc) {
    List<ExhibitLine.Cam> cams = List.of(cam("f32", f32, 1.0), cam("int8", int8, cc));
    return Gallery.drift(new ExhibitLine("k", List.of(), List.of(), cams), "m", shown);
  }

  private static ExhibitLine.Cam cam(String precision, MapImage map, @Nullable Double cc) {
    AnswerView answer = new AnswerView("detection", List.of(), List.of(), null);
    return new ExhibitLine.Cam("m", precision, "224", -1, 0, -1, false, cc, map, answer);
  }

  /** A picture without detections has no map, which is not a map that vanished. */
  @Test
  void anAnswerWithNothingToExplainIsNoMapThatVanished() {
    assertEquals("nothing to explain", drift("int8", NOTHING, NOTHING, null));
    assertEquals("nothing to explain", drift("f32", NOTHING, NOTHING, null));
    assertEquals("nothing to explain", drift("int8", MAP, NOTHING, null));
    assertEquals("nothing to explain at f32", drift("int8", NOTHING, MAP, null));
    assertEquals("vanished", drift("int8", MAP, MAP, null));
    assertEquals("CC 0.500", drift("int8", MAP, MAP, 0.5));
    assertEquals("", drift("f32", MAP, MAP, null));
  }
}
