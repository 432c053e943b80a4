package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.bitgaze.image.RgbImage;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.scene.Scene;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.DropoutStreams;
import org.bitgaze.train.Training;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bundled vision transformer through {@code layers}, {@code audit} and {@code export}. */
class TransformerCommandTest {
  private static final int SCENES = 6;
  private static final int SEED = 3;

  @TempDir private Path folder;

  private static void bitgaze(String... args) {
    assertEquals(0, Bitgaze.run(args), String.join(" ", args));
  }

  private void onScenes(String command, String output, String... more) {
    List<String> args =
        new ArrayList<>(List.of(command, "--input", "scenes:" + SCENES + ":" + SEED));
    args.addAll(List.of("--weights", "scenes", "--networks", "vit_scenes"));
    args.addAll(List.of("--output", folder.resolve(output).toString(), "--saliency", "centre"));
    args.addAll(List.of(more));
    bitgaze(args.toArray(String[]::new));
  }

  /** Exported programs make an audit's maps, also where two tensors have more bits. */
  @Test
  void exportedProgramsMakeTheSameMaps() throws Exception {
    Path file = folder.resolve("sum16.json");
    Files.writeString(
        file,
        "{\"models\": {\"vit_scenes\": {\"otherwise\": \"int8\","
            + " \"layers\": {\"encoder.add\": \"int16\", \"cat\": \"int16\"}}}}");
    String precisions = "f32,int8,mixed:" + file;
    onScenes("audit", "audit", "--precisions", precisions, "--limit", "3", "--maps");
    String ranges = folder.resolve("audit/calibration.json").toString();
    double f32 = likeness("f32", "f32", 3, ranges);
    assertTrue(f32 > 0.999999, "" + f32);
    double sum16 = likeness("sum16", "mixed:" + file, 3, ranges);
    assertTrue(sum16 > 0.95, "" + sum16);
    // Maps at int8 differ, so the comparison tells the programs apart.
    double int8 = likeness("sum16", "int8", 3, ranges);
    assertTrue(int8 < 0.8, "" + int8);
  }

  /** A mixed precision is searched, audited and exported. */
  @Test
  @Tag("long")
  void aMixedPrecisionGoesFromTheSearchToTheProgram() throws Exception {
    onScenes(
        "layers",
        "layers",
        "--precision",
        "int4,int8",
        "--trials",
        "only",
        "--budget",
        "CC>=0.9",
        "--holdout",
        "0.5",
        "--calibration-images",
        "2");
    JsonNode found = new ObjectMapper().readTree(folder.resolve("layers/layers.json").toFile());
    JsonNode mixed = found.get("models").get(0).get("mixed").get(0);
    Set<String> layers = new TreeSet<>();
    mixed.get("layers").fieldNames().forEachRemaining(layers::add);
    // Linear layers, products, softmaxes, norms and GELUs are layers of their own.
    String block = "encoder.layers.encoder_layer_1.";
    for (String part :
        List.of("ln_1", "mlp.0", "mlp.1", "self_attention.softmax", "self_attention.scores")) {
      assertTrue(layers.contains(block + part), layers.toString());
    }

    String precision = "mixed:" + folder.resolve("layers/mixed.json");
    String ranges = folder.resolve("layers/calibration.json").toString();
    onScenes("audit", "audit", "--precisions", precision, "--calibration", ranges, "--maps");
    double likeness = likeness("mixed", precision, SCENES, ranges);
    assertTrue(likeness > 0.85, "" + likeness);
    assertTrue(likeness > likeness("mixed", "f32", SCENES, ranges), "" + likeness);
  }

  /**
   * Compares maps of an exported program with those of an audit. Programs of an audit may call
   * other kernels, whose rounding differs; quantization makes steps of such differences.
   *
   * @param id the maps' precision in the audit
   * @param precision the exported precision
   * @return the least correlation of the scenes' maps
   */
  private double likeness(String id, String precision, int count, String ranges) throws Exception {
    Path program = Files.createTempDirectory(folder, "export").resolve("program.pt");
    List<String> export = new ArrayList<>(List.of("export", "vit_scenes", "--weights", "scenes"));
    export.addAll(List.of("--precision", precision, "--output", program.toString()));
    if (!precision.equals("f32")) {
      export.addAll(List.of("--calibration", ranges));
    }
    bitgaze(export.toArray(String[]::new));
    double least = 1;
    try (CamProgram exported = new CamProgram(program, DropoutStreams.NONE)) {
      for (int i = 0; i < count; i++) {
        Stored audited = stored(id, i);
        RgbImage image = Training.PREPROCESSING.apply(Scene.of(SEED, i).picture());
        float[] map =
            exported.run(List.of(image), new int[] {audited.explained()}).get(0).cam().values();
        least =
            Math.min(
                least, new PearsonsCorrelation().correlation(wide(map), wide(audited.values())));
      }
    }
    return least;
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private record Stored(int explained, float[] values) {}

  /** A scene's map at a precision, and the class that it explains: f32's answer. */
  private Stored stored(String precision, int scene) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT r.explained_class, m.values FROM read_parquet('"
                        + folder.resolve("audit/maps.parquet")
                        + "') m JOIN read_csv('"
                        + folder.resolve("audit/rows.csv")
                        + "') r ON r.key = m.key AND r.precision = m.precision"
                        + " WHERE m.kind = 'cam' AND r.reference = 'centre' AND m.precision = '"
                        + precision
                        + "'"
                        + " AND ends_with(m.key, '-00000"
                        + scene
                        + ".bmp')")) {
      assertTrue(rows.next());
      Object[] values = (Object[]) rows.getArray(2).getArray();
      float[] map = new float[values.length];
      for (int i = 0; i < map.length; i++) {
        map[i] = (Float) values[i];
      }
      return new Stored(rows.getInt(1), map);
    }
  }
}
