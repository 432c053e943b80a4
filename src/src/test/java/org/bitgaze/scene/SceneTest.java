package org.bitgaze.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.geom.AffineTransform;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bitgaze.image.ClassImage;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Rectangle;
import org.bitgaze.image.RgbImage;
import org.junit.jupiter.api.Test;

class SceneTest {
  /** The pixels are promised to be the same on every machine; these were recorded once. */
  @Test
  void pixelsArePinned() throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < 12; i++) {
      digest.update(Scene.of(7, i).picture().pixels());
      digest.update(Scene.of(7, i).mask().pixels());
    }
    assertEquals(
        "16db497fb96a4e1aa4af1ee264b348836c126dbe6c85ba1299adb7d192e302a3",
        HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void aSceneDoesNotDependOnOthers() {
    RgbImage first = Scene.of(3, 5).picture();
    Scene.of(3, 4).picture();
    assertArrayEquals(first.pixels(), Scene.of(3, 5).picture().pixels());
  }

  @Test
  void theKeyIsTheScene() {
    Scene scene = Scene.of(-12, 1_234_567);
    Scene again = Scene.of("somewhere/" + scene.key());
    assertEquals(scene.key(), again.key());
    assertTrue(scene.key().startsWith(scene.label() + "/"), scene.key());
    assertArrayEquals(scene.mask().pixels(), again.mask().pixels());
    assertThrows(IllegalArgumentException.class, () -> Scene.of("photo.jpg"));
    assertThrows(IllegalArgumentException.class, () -> Scene.of(0, -1));
  }

  /** Objects share no pixel, and the salient one, painted last, is whole. */
  @Test
  void objectsAreWhatThePictureShows() {
    for (int i = 0; i < 8; i++) {
      Scene scene = Scene.of(7, i);
      ClassImage classes = scene.classes();
      int[] owner = new int[classes.classes().length];
      List<VisibleObject> objects = scene.objects();
      for (VisibleObject object : objects) {
        int width = object.mask().width();
        int id = object.category().ordinal() + 1;
        Rectangle box = object.box();
        assertEquals(classes.width(), width);
        int[] touched = new int[4];
        object.mask().bits().stream()
            .forEach(
                p -> {
                  assertEquals(0, owner[p]);
                  owner[p] = id;
                  int y = p / width - box.top();
                  int x = p % width - box.left();
                  assertTrue(x >= 0 && y >= 0 && x < box.width() && y < box.height());
                  touched[0] += x == 0 ? 1 : 0;
                  touched[1] += y == 0 ? 1 : 0;
                  touched[2] += x == box.width() - 1 ? 1 : 0;
                  touched[3] += y == box.height() - 1 ? 1 : 0;
                });
        assertTrue(Arrays.stream(touched).allMatch(n -> n > 0), "the box touches its pixels");
      }
      for (int p = 0; p < owner.length; p++) {
        assertEquals(owner[p], classes.classes()[p]);
      }
      VisibleObject salient = objects.get(objects.size() - 1);
      assertEquals(Mask.of(scene.mask()), salient.mask());
      assertTrue(scene.label().toString().startsWith(salient.category() + "-"));
    }
  }

  @Test
  void scenesDiffer() {
    Set<SceneClass> classes = new HashSet<>();
    Set<String> sizes = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      RgbImage picture = Scene.of(1, i).picture();
      assertTrue(picture.width() >= 224 && picture.height() >= 224);
      classes.add(Scene.of(1, i).label());
      sizes.add(picture.width() + "x" + picture.height());
    }
    assertEquals(12, classes.size());
    assertTrue(sizes.size() > 150);
  }

  /** The area of each outline by elementary geometry, times the square of its scale. */
  @Test
  void masksHaveTheObjectsArea() {
    for (int i = 0; i < 60; i++) {
      SceneObject object = SceneObject.salient(new java.util.Random(i), 320, 320);
      AffineTransform place = object.place();
      double unit =
          switch (object.label().orElseThrow().shape()) {
            case DISC -> Math.PI * 0.85 * 0.85;
            case TRIANGLE -> 3 * Math.sqrt(3) / 4;
            case CROSS -> 4 * 0.36 * 0.93 * 2 - 4 * 0.36 * 0.36;
            case STAR -> 5 * 0.42 * Math.sin(Math.PI / 5);
          };
      double expected = unit * place.getDeterminant();
      double radius = Math.sqrt(place.getDeterminant());
      double x = place.getTranslateX();
      double y = place.getTranslateY();
      if (Math.min(Math.min(x, y), Math.min(320 - x, 320 - y)) > radius) {
        int[] coverage = ScenePainter.coverage(object, 320, 320);
        int inside = 0;
        for (int c : coverage) {
          inside += c >= 128 ? 1 : 0;
        }
        assertEquals(expected, inside, 0.01 * expected + 8, object.label().toString());
      }
    }
  }

  /** Where the mask is white the picture shows the object's colours, and nothing lies on them. */
  @Test
  void nothingCoversTheObject() {
    for (int i = 0; i < 20; i++) {
      Scene scene = Scene.of(9, i);
      byte[] with = scene.picture().pixels();
      byte[] mask = scene.mask().pixels();
      double[] sum = new double[2];
      double[] squares = new double[2];
      int[] count = new int[2];
      for (int p = 0; p < mask.length; p += 3) {
        int k = mask[p] == 0 ? 0 : 1;
        int grey = (with[p] & 0xff) + (with[p + 1] & 0xff) + (with[p + 2] & 0xff);
        sum[k] += grey;
        squares[k] += (double) grey * grey;
        count[k]++;
      }
      double inside = squares[1] / count[1] - Math.pow(sum[1] / count[1], 2);
      double outside = squares[0] / count[0] - Math.pow(sum[0] / count[0], 2);
      assertTrue(inside > outside, scene.key() + ": the pattern has more contrast than the ground");
    }
  }
}
