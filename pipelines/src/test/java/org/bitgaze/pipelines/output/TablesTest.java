package org.bitgaze.pipelines.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesTest {
  @TempDir private Path folder;

  /** An image that fails in two models is one rejected image. */
  @Test
  void rejectedImagesAreCountedOnce() throws IOException {
    Path rejects = folder.resolve("rejects.csv");
    Files.writeString(
        rejects,
        """
        key,stage,model,reason
        a.jpg,cam f32,vgg16,"not finite, it says"
        a.jpg,cam f32,resnet50,not finite
        b.jpg,decode,,no image
        """);
    assertEquals(2, Tables.rejectedImages(rejects));
    Files.writeString(rejects, "key,stage,model,reason\n");
    assertEquals(0, Tables.rejectedImages(rejects));
  }
}
