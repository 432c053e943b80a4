package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.bitgaze.image.Heatmap;
import org.junit.jupiter.api.Test;

class ColorMapTest {
  /** The checksum of the 256 colours, three bytes each, that OpenCV 4.13 returns. */
  @Test
  void viridisIsOpenCvs() throws IOException {
    float[] ramp = new float[256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i / 255f;
    }
    String uri = ColorMap.viridis().png(new Heatmap(1, 256, ramp));
    byte[] file = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    var image = ImageIO.read(new ByteArrayInputStream(file));
    CRC32 crc = new CRC32();
    for (int x = 0; x < 256; x++) {
      int rgb = image.getRGB(x, 0);
      crc.update(rgb >> 16 & 0xff);
      crc.update(rgb >> 8 & 0xff);
      crc.update(rgb & 0xff);
    }
    assertEquals(0xf4078eb3L, crc.getValue());
  }

  @Test
  void gradientsRunFromEndToEnd() {
    String viridis = ColorMap.viridis().gradient();
    assertTrue(viridis.startsWith("linear-gradient(to right, #440154, "), viridis);
    assertTrue(viridis.endsWith(", #fde725)"), viridis);
    assertTrue(ColorMap.diverging().gradient().endsWith(", #b2182b)"));
  }
}
