package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.bitgaze.scene.Scene;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShelfFocusTest {
  @TempDir private Path folder;

  /** Scenes, whose classes are known, as somebody's archive with a broken picture in it. */
  @Test
  void picturesOfAnArchiveAreExplained() throws IOException {
    Path archive = folder.resolve("pictures.zip");
    Map<String, Integer> classes = new HashMap<>();
    try (OutputStream file = Files.newOutputStream(archive);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (int i = 0; i < 12; i++) {
        Scene scene = Scene.of(77, i);
        classes.put("p" + i + ".png", scene.label().index());
        zip.putNextEntry(new ZipEntry("p" + i + ".png"));
        ImageIO.write(scene.picture().toBufferedImage(), "png", zip);
        zip.closeEntry();
      }
      zip.putNextEntry(new ZipEntry("broken.png"));
      zip.write(1);
      zip.closeEntry();
    }
    Path out = folder.resolve("focus.csv");
    ShelfFocus.main(new String[] {archive.toString(), out.toString()});
    List<String> lines = Files.readAllLines(out);
    assertEquals("picture,class,x,y", lines.get(0));
    assertEquals(13, lines.size(), lines.toString());
    int right = 0;
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",");
      right += classes.get(cells[0]) == Integer.parseInt(cells[1]) ? 1 : 0;
      double x = Double.parseDouble(cells[2]);
      assertTrue(x > 0 && x < 1, line);
    }
    assertTrue(right >= 11, right + " of 12 are right");
  }
}
