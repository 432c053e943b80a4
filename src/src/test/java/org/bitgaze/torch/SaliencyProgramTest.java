package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitgaze.image.CaffeMeans;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.network.Network;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.Size;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.Interpreter;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.VxmWriter;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.FastGaze;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FastGaze as a compiled program. */
class SaliencyProgramTest {
  /** Float32 against float64; values are up to 5.6. The reference says that 1e-4 is ample. */
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path folder;

  /** One program, images of six sizes: an independent implementation's raw output. */
  @Test
  void gridsAreTheReferences() throws IOException {
    RawTensors golden = RawTensors.of(Shared.file("saliency/fastgaze.safetensors"));
    JsonNode photos = Golden.json(Files.readAllBytes(Shared.file("saliency/fastgaze.json")));
    assertEquals(golden.count("grid."), photos.size());
    assertFalse(photos.isEmpty());
    String file = Shared.file("saliency/fastgaze.vxm").toString();
    double worst = 0;
    try (ProgramCache.Lease<SaliencyProgram> lease = lease(file);
        ProgramCache.Lease<SaliencyProgram> same = lease(file)) {
      assertTrue(lease.program() == same.program());
      for (JsonNode photo : photos) {
        String name = photo.get("photo").asText();
        int[] size = golden.shape("input." + name);
        byte[] pixels = new byte[size[0] * size[1] * 3];
        golden.bytes("input." + name).get(pixels);
        Heatmap grid = lease.program().run(new RgbImage(size[0], size[1], pixels));
        int[] shape = golden.shape("grid." + name);
        assertEquals(shape[0], grid.height(), name);
        assertEquals(shape[1], grid.width(), name);
        double error = Golden.error(grid.values(), golden.floats("grid." + name), 1);
        assertTrue(error < TOLERANCE, name + ": " + error);
        worst = Math.max(worst, error);
      }
    }
    System.out.println("FastGaze's grids: largest error " + worst);
  }

  /** Sizes that no photograph has: thinner than a pooling's window, and not of whole cells. */
  @Test
  void smallImagesAreWhatTheGraphMeans() throws IOException {
    Path file = Shared.file("saliency/fastgaze.vxm");
    try (ProgramCache.Lease<SaliencyProgram> lease = lease(file.toString());
        TensorSource weights = WeightsFile.open(file)) {
      Network network = FastGaze.network(weights);
      assertEquals(121_060, parameters(network));
      assertEquals(2.44e9, Shapes.of(network.graph(), 240, 320).multiplyAdds(), 0.005e9);
      for (int[] size : new int[][] {{1, 33}, {17, 2}, {5, 5}}) {
        byte[] pixels = new byte[size[0] * size[1] * 3];
        new Random(7).nextBytes(pixels);
        RgbImage image = new RgbImage(size[0], size[1], pixels);
        Heatmap grid = lease.program().run(image);
        Interpreter.Value meant =
            new Interpreter(network)
                .run(Map.of("input", planes(image)))
                .get(network.graph().output().name());
        assertEquals(List.of(1, (size[0] + 15) / 16, (size[1] + 15) / 16), list(meant.shape()));
        assertEquals(meant.shape()[1], grid.height());
        float[] expected = new float[meant.data().length];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = (float) meant.data()[i];
        }
        assertEquals(0, Golden.error(grid.values(), expected, 1), TOLERANCE);
      }
    }
  }

  private static ProgramCache.Lease<SaliencyProgram> lease(String file) throws IOException {
    return ProgramCache.lease(
        SaliencyProgram.class,
        file,
        () -> {
          try (TensorSource weights = WeightsFile.open(Path.of(file))) {
            return SaliencyProgram.of(
                FastGaze.network(weights), Size.of(320), InputText.of(CaffeMeans.VGG));
          }
        });
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static long parameters(Network network) {
    return network.graph().parameters().values().stream()
        .mapToLong(org.bitgaze.weights.Tensor::elements)
        .sum();
  }

  /** Blue, green, red, less their means, as the reference's description says. */
  private static Interpreter.Value planes(RgbImage image) {
    double[] means = {103.939, 116.779, 123.68};
    int plane = image.height() * image.width();
    double[] values = new double[3 * plane];
    for (int i = 0; i < values.length; i++) {
      int channel = i / plane;
      values[i] = (image.pixels()[3 * (i % plane) + 2 - channel] & 0xff) - means[channel];
    }
    return new Interpreter.Value(new int[] {3, image.height(), image.width()}, values);
  }

  @Test
  void anotherNetworkIsRefused() throws IOException {
    VxmWriter other = new VxmWriter().put("layerCount", 3).put("modelType", 2);
    Path file = other.write(folder.resolve("other.vxm"));
    String message =
        assertThrows(WeightsException.class, () -> lease(file.toString())).getMessage();
    assertEquals(file + ": not a FastGaze file: 'layerCount' is 3, not 19", message);
    other.put("layerCount", 19).put("18Type", 3).put("0Type", 0);
    other.put("0Act", 1).array("0w", new int[] {1}, 0).write(file);
    message = assertThrows(WeightsException.class, () -> lease(file.toString())).getMessage();
    assertEquals(file + ": no tensor '0b'", message);
  }
}
