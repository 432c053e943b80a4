package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files on the command line. */
class OnnxCommandTest {
  @TempDir private static Path folder;

  /** A network of four classes, and the same with rounded numbers, as it might be deployed. */
  @BeforeAll
  static void makeInputs() throws IOException {
    TestImages.write(Files.createDirectory(folder.resolve("images")), 5);
    small(1).write(folder.resolve("mine.onnx"), "y");
    small(1.25f).write(folder.resolve("mine.pruned.onnx"), "y");
    small(1)
        .floats("scale", new int[0], 0.01f)
        .ints("zero", 3, new int[0], -100)
        .node("QuantizeLinear", "y,scale,zero", "q")
        .node("DequantizeLinear", "q,scale,zero", "z")
        .write(folder.resolve("mine.int8.onnx"), "z");
    network(1, 8, false).write(folder.resolve("fine.onnx"), "y");
    network(1, 16, true).write(folder.resolve("dropping.onnx"), "y");
    OnnxModels.of(17, 1, 3, 24, 32)
        .floats("w", new int[] {1, 3, 1, 1}, -.2f, -.3f, -.5f)
        .node("Conv", "x,w", "map")
        .write(folder.resolve("gaze.onnx"), "map");
  }

  private static OnnxModels small(float last) {
    return network(last, 16, false);
  }

  private static OnnxModels network(float last, int stride, boolean drops) {
    return network(OnnxModels.of(17, 224), last, stride, drops);
  }

  private static OnnxModels network(OnnxModels empty, float last, int stride, boolean drops) {
    float[] w = new float[4 * 3 * 9];
    for (int i = 0; i < w.length; i++) {
      w[i] = (i * 37 % 19 - 9) / 30f;
    }
    float[] head = {
      1, -.5f, .2f, .1f, -1, .7f, .3f, .2f, -.4f, .8f, last, .6f, .5f, .1f, .9f, -.3f
    };
    return empty
        .floats("w", new int[] {4, 3, 3, 3}, w)
        .floats("head", new int[] {4, 4}, head)
        .node("Conv", "x,w", "c", "strides", new int[] {stride, stride})
        .node("Relu", "c", "r")
        .node("GlobalAveragePool", "r", "p")
        .node("Flatten", "p", "f")
        .node(drops ? "Dropout" : "Identity", "f", "d")
        .node("Gemm", "d,head", "y", "transB", 1);
  }

  private record Ended(int code, String out, String err) {}

  private static Ended bitgaze(Object... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = Bitgaze.run(Stream.of(args).map(String::valueOf).toArray(String[]::new));
      return new Ended(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Ended audit(String output, Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("audit", "--input", folder.resolve("images")));
    args.addAll(List.of("--output", folder.resolve(output)));
    args.addAll(List.of(more));
    return bitgaze(args.toArray());
  }

  private static List<CSVRecord> rows(String output) throws IOException {
    return rows(output, "rows.csv");
  }

  private static List<CSVRecord> rows(String output, String name) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    try (var parser = format.parse(Files.newBufferedReader(folder.resolve(output).resolve(name)))) {
      return parser.getRecords();
    }
  }

  /** A candidate has one row an image, against the float model's map, as a precision has. */
  @Test
  void candidatesStandInForTheModel() throws Exception {
    Path names = folder.resolve("names.txt");
    Files.writeString(names, "apple\nbread\ncheese\ndates\n");
    Ended ended =
        audit(
            "candidates",
            "--networks",
            "float=" + folder.resolve("mine.onnx"),
            "--candidate",
            "int8=" + folder.resolve("mine.int8.onnx") + "," + folder.resolve("mine.pruned.onnx"),
            "--saliency",
            "onnx:" + folder.resolve("gaze.onnx"),
            "--classes",
            names);
    assertEquals(0, ended.code(), ended.err());
    Map<String, Integer> counts = new TreeMap<>();
    for (CSVRecord row : rows("candidates")) {
      assertEquals("float", row.get("model"));
      counts.merge(row.get("precision") + "/" + row.get("reference"), 1, Integer::sum);
      if (row.get("reference").equals("f32") && row.get("precision").equals("int8")) {
        // Only the logits are quantized, and their gradient passes.
        assertEquals(1, Double.parseDouble(row.get("CC")), 1e-6);
      }
    }
    assertEquals(
        Map.of(
            "f32/onnx",
            5,
            "int8/onnx",
            5,
            "mine.pruned/onnx",
            5,
            "int8/f32",
            5,
            "mine.pruned/f32",
            5),
        counts);
    JsonNode run = new ObjectMapper().readTree(folder.resolve("candidates/run.json").toFile());
    assertEquals("int8", run.get("candidates").get(0).get("id").asText());
    String digest =
        HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256")
                    .digest(Files.readAllBytes(folder.resolve("mine.int8.onnx"))));
    assertEquals(digest, run.get("candidates").get(0).get("sha256").asText());
    String report = Files.readString(folder.resolve("candidates/report.html"));
    assertTrue(report.contains(digest));
    assertTrue(report.contains("mine.int8.onnx"));
    assertTrue(Stream.of("apple", "bread", "cheese", "dates").anyMatch(report::contains));
  }

  private static Path pairs() throws IOException {
    return OnnxModels.of(17, 224)
        .floats("w", new int[] {3, 3, 1, 1}, 1, -.5f, .2f, .4f, .3f, -.7f, .2f, .6f, -.1f)
        .floats("s", new int[0], .05f)
        .ints("z", 2, new int[0], 100)
        .node("QuantizeLinear", "x,s,z", "xq")
        .node("DequantizeLinear", "xq,s,z", "xd")
        .node("Conv", "xd,w", "c", "strides", new int[] {16, 16})
        .node("Relu", "c", "r")
        .node("QuantizeLinear", "r,s,z", "rq")
        .node("DequantizeLinear", "rq,s,z", "rd")
        .node("GlobalAveragePool", "rd", "p")
        .node("Flatten", "p", "y")
        .write(folder.resolve("pairs.onnx"), "y");
  }

  /** Both engines on both runners; and the first node in which they differ. */
  @Test
  void deployedFilesAreComparedOnAnyRunner() throws Exception {
    List<Object> args = new ArrayList<>(List.of("--networks", "q=" + pairs()));
    args.addAll(List.of("--precisions", "f32", "--engines", "torch,onnxruntime"));
    args.addAll(List.of("--cam", "occlusion", "--saliency", "centre"));
    List<Object> located = new ArrayList<>(args);
    located.addAll(List.of("--locate", "--batch-size", "2"));
    Ended ended = audit("both", located.toArray());
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.out().contains("The simulation of f32 agrees with"), ended.out());
    assertTrue(
        ended.out().contains("in none of 2 tensors do more than 1 % of the elements"), ended.out());
    assertTrue(Files.exists(folder.resolve("both/located.json")));
    assertTrue(
        Files.readString(folder.resolve("both/report.html")).contains("in none of 2 tensors"));
    List<CSVRecord> deployed =
        rows("both").stream().filter(r -> r.get("reference").equals("deployed")).toList();
    assertEquals(5, deployed.size());
    // The images differ, and so do the last bits of some.
    assertTrue(
        deployed.stream()
            .map(r -> r.get("SQNR_DEPLOYED"))
            .allMatch(v -> v.isEmpty() || Double.parseDouble(v) > 60));
    args.addAll(List.of("--runner", "flink", "--workers", "2"));
    ended = audit("both-flink", args.toArray());
    assertEquals(0, ended.code(), ended.err());
    for (String name : List.of("rows.csv", "summary.csv")) {
      assertEquals(
          Files.readString(folder.resolve("both").resolve(name)),
          Files.readString(folder.resolve("both-flink").resolve(name)),
          name);
    }
    ended = audit("no", "--networks", "q=" + pairs(), "--locate", "--dry-run");
    assertTrue(ended.err().contains("--locate needs --engines"), ended.err());
  }

  @Test
  void aFilesPairsAreSwept() throws Exception {
    Path output = folder.resolve("pairs");
    List<Object> args = List.of("layers", "--input", folder.resolve("images"), "--output", output);
    Ended ended = bitgaze(with(args, "--candidate", "q=" + pairs(), "--saliency", "centre"));
    assertEquals(0, ended.code(), ended.err());
    List<String> lines =
        rows("pairs", "layers.csv").stream()
            .map(r -> r.get("precision") + " " + r.get("trial") + " " + r.get("layer"))
            .toList();
    assertEquals(
        List.of("int8 only ", "int8 only xd", "int8 all-but xd", "int8 only rd", "int8 all-but rd"),
        lines);
    ended =
        bitgaze(
            with(args, "--candidate", folder.resolve("mine.int8.onnx"), "--saliency", "centre"));
    assertTrue(ended.err().contains("there are no pairs"), ended.err());
    ended = bitgaze(with(args, "--candidate", pairs(), "--precision", "int8"));
    assertTrue(ended.err().contains("leave --precision"), ended.err());
  }

  private static final String DARK =
      "{\"channels\": \"bgr\", \"target_layer\": \"c\","
          + " \"preprocessing\": \"resize=230,crop=224,mean=0/0/0,std=1/1/1\"}";

  /** The same network is the same candidate, whatever stands beside the model alone. */
  @Test
  void candidatesTakeOverWhatTheModelSaysOfItsInput() throws IOException {
    Path model = Files.copy(folder.resolve("mine.onnx"), folder.resolve("dark.onnx"));
    Files.writeString(folder.resolve("dark.json"), DARK);
    Ended ended =
        audit(
            "inherited",
            "--networks",
            model,
            "--candidate",
            "same=" + folder.resolve("mine.onnx") + ",fine=" + folder.resolve("fine.onnx"));
    assertEquals(0, ended.code(), ended.err());
    int compared = 0;
    Map<String, String> probabilities = new TreeMap<>();
    for (CSVRecord row : rows("inherited")) {
      if (row.get("precision").equals("f32")) {
        probabilities.put(row.get("key"), row.get("probability"));
      }
    }
    for (CSVRecord row : rows("inherited")) {
      if (row.get("precision").equals("same") && row.get("reference").equals("f32")) {
        assertEquals(1, Double.parseDouble(row.get("CC")), 1e-12);
        assertEquals(probabilities.get(row.get("key")), row.get("probability"));
        compared++;
      }
    }
    assertEquals(5, compared);
    JsonNode run = new ObjectMapper().readTree(folder.resolve("inherited/run.json").toFile());
    JsonNode same = run.get("candidates").get(0);
    assertEquals("c", same.get("targetLayer").asText());
    assertTrue(same.get("preprocessing").asText().endsWith(",bgr"), same.toString());
    assertTrue(
        ended
            .err()
            .contains("the target layers differ in size: c (28x28) of fine, c (14x14) of dark"),
        ended.err());
  }

  /** What training mode and the paper's choices mean for a file is said, and dropout drops. */
  @Test
  void thePapersStepsAreHonoured() throws IOException {
    Ended ended =
        audit(
            "paper",
            "--protocol",
            "paper",
            "--networks",
            folder.resolve("dropping.onnx"),
            "--precisions",
            "f32",
            "--saliency",
            "centre");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(ended.err().contains("has no batch norms"), ended.err());
    assertTrue(ended.err().contains("'r', as with --target-layer last"), ended.err());
    List<Double> drawn = new ArrayList<>();
    for (CSVRecord row : rows("paper")) {
      if (row.get("precision").equals("f32b") && row.get("reference").equals("f32")) {
        String cc = row.get("CC");
        drawn.add(cc.isEmpty() ? Double.NaN : Double.parseDouble(cc));
      }
    }
    assertEquals(5, drawn.size());
    assertTrue(drawn.stream().anyMatch(cc -> !(cc > 0.9999)), drawn.toString());
  }

  @Test
  void theScenesNamesAreThoseOfScenes() throws IOException {
    Ended ended = audit("scenes", "--weights", "scenes", "--networks", folder.resolve("mine.onnx"));
    assertEquals(0, ended.code(), ended.err());
    JsonNode run = new ObjectMapper().readTree(folder.resolve("scenes/run.json").toFile());
    assertEquals(0, run.get("classNames").size());
  }

  @Test
  void whatIsSaidOfClippedLogitsIsAboutFiles() {
    Path int8 = folder.resolve("mine.int8.onnx");
    Path out = folder.resolve("clipped.pt");
    List<Object> zoo = List.of("--weights", "scenes", "--networks", "mobilenet_v2");
    List<Ended> refused = new ArrayList<>();
    refused.add(audit("no", with(zoo, "--clipped-logits", "strict", "--dry-run")));
    refused.add(audit("no", with(zoo, "--clipped-logits", "nonsense", "--dry-run")));
    refused.add(
        bitgaze("export", int8, "--precision", "f32", "--output", out, "--clipped-logits", "x"));
    refused.add(
        bitgaze(
            with(
                List.of("export", "mobilenet_v2", "--weights", "scenes", "--precision", "f32"),
                "--output",
                out,
                "--clipped-logits",
                "strict")));
    for (Ended ended : refused) {
      assertEquals(2, ended.code(), ended.err());
      assertTrue(ended.err().contains("--clipped-logits"), ended.err());
    }
    Ended export =
        bitgaze(
            "export", int8, "--precision", "f32", "--output", out, "--clipped-logits", "strict");
    assertEquals(0, export.code(), export.err());
  }

  private static Object[] with(List<Object> some, Object... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toArray();
  }

  /** A network of one's own is quantized and exported as one of the zoo. */
  @Test
  void precisionsAreSimulated() throws IOException {
    Path model = folder.resolve("mine.onnx");
    Ended ended = audit("simulated", "--networks", model, "--precisions", "int8,int4");
    assertEquals(0, ended.code(), ended.err());
    assertTrue(rows("simulated").stream().anyMatch(r -> r.get("precision").equals("int4")));
    assertTrue(rows("simulated").stream().allMatch(r -> r.get("model").equals("mine")));
    Path exported = folder.resolve("mine.pt");
    Ended export =
        bitgaze(
            "export",
            model,
            "--precision",
            "int8",
            "--calibration",
            folder.resolve("simulated/calibration.json"),
            "--output",
            exported);
    assertEquals(0, export.code(), export.err());
    assertTrue(Files.size(exported) > 0);
  }

  /** Weights are looked at before images are. */
  @Test
  void weightsThatAreNoNumbersAreRefused() throws IOException {
    Path broken = network(Float.NaN, 16, false).write(folder.resolve("broken.onnx"), "y");
    Ended inspected = bitgaze("inspect", broken);
    assertEquals(2, inspected.code(), inspected.toString());
    assertTrue(inspected.out().contains("tensor 'y.weight' has NaN"), inspected.out());
    for (Object[] options :
        List.of(
            new Object[] {"--networks", broken},
            new Object[] {"--networks", folder.resolve("mine.onnx"), "--candidate", broken})) {
      Ended audited = audit("no", with(List.of(options), "--dry-run"));
      assertEquals(2, audited.code(), audited.toString());
      assertTrue(audited.err().contains("tensor 'y.weight' has NaN"), audited.err());
    }
  }

  /** A network whose output is a map is inspected as one, and its channel may be anywhere. */
  @Test
  void saliencyNetworksAreInspected() throws IOException {
    Path last =
        OnnxModels.of(17, 1, 3, 24, 32)
            .floats("w", new int[] {1, 3, 1, 1}, -.2f, -.3f, -.5f)
            .node("Conv", "x,w", "m")
            .node("Transpose", "m", "map", "perm", new int[] {0, 2, 3, 1})
            .write(folder.resolve("gaze.nhwc.onnx"), "map");
    Path square =
        OnnxModels.of(17, 32)
            .floats("w", new int[] {1, 3, 1, 1}, -.2f, -.3f, -.5f)
            .node("Conv", "x,w", "map")
            .write(folder.resolve("gaze.square.onnx"), "map");
    for (Path file : List.of(folder.resolve("gaze.onnx"), last, square)) {
      Ended inspected = bitgaze("inspect", file, "--init", "--overwrite");
      assertEquals(0, inspected.code(), inspected.toString());
      String size = file.equals(square) ? "32 x 32" : "24 x 32";
      assertTrue(inspected.out().contains("a map of " + size), inspected.out());
      JsonNode beside =
          new ObjectMapper()
              .readTree(
                  folder.resolve(file.getFileName().toString().replace(".onnx", ".json")).toFile());
      assertFalse(beside.has("target_layer"), beside.toString());
      assertEquals(0, bitgaze("inspect", file).code());
    }
    Files.writeString(
        folder.resolve("gaze.json"), "{\"preprocessing\": \"mean=0.485/0.456/0.406\"}");
    Map<String, List<String>> values = new TreeMap<>();
    for (String name : List.of("gaze", "gaze.nhwc")) {
      Ended ended =
          audit(
              "seen." + name,
              "--networks",
              folder.resolve("mine.onnx"),
              "--precisions",
              "f32",
              "--saliency",
              "onnx:" + folder.resolve(name + ".onnx"));
      assertEquals(0, ended.code(), ended.err());
      List<String> all = new ArrayList<>();
      for (CSVRecord row : rows("seen." + name)) {
        all.add(row.get("key") + " " + row.get("reference") + " " + row.get("CC"));
      }
      values.put(name, all);
    }
    JsonNode run = new ObjectMapper().readTree(folder.resolve("seen.gaze/run.json").toFile());
    assertTrue(run.get("settings").get("onnx input").asText().contains("mean=0.485/0.456/0.406"));
    Files.delete(folder.resolve("gaze.json"));
    assertEquals(5, values.get("gaze").size());
    assertEquals(values.get("gaze"), values.get("gaze.nhwc"));
  }

  /**
   * A network of larger images that takes every second pixel's neighbourhood is compared with masks
   * and centre as one of 224 is: all maps lie on the same grid.
   */
  @Test
  void imagesMayHaveAnotherSize() throws IOException {
    Path large = network(OnnxModels.of(17, 448), 1, 32, false).write(folder.resolve("l.onnx"), "y");
    Path small = network(1, 16, false).write(folder.resolve("s.onnx"), "y");
    Path masks = Files.createDirectory(folder.resolve("masks"));
    try (Stream<Path> images = Files.list(folder.resolve("images"))) {
      for (Path image : images.toList()) {
        // A mask has its image's proportions.
        BufferedImage picture = ImageIO.read(image.toFile());
        int width = picture.getWidth();
        int height = picture.getHeight();
        BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        mask.createGraphics().fillRect(width / 4, height / 6, width / 3, height / 3);
        String stem = image.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        ImageIO.write(mask, "png", masks.resolve(stem + ".png").toFile());
      }
    }
    Ended ended =
        audit(
            "sizes",
            "--networks",
            large + "," + small,
            "--precisions",
            "f32",
            "--saliency",
            "centre",
            "--masks",
            masks,
            "--sample",
            "3");
    assertEquals(0, ended.code(), ended.err());
    Map<String, Integer> counts = new TreeMap<>();
    for (CSVRecord row : rows("sizes")) {
      if (row.get("map_status").equals("OK") && row.get("reference_status").equals("OK")) {
        counts.merge(row.get("model") + "/" + row.get("reference"), 1, Integer::sum);
      }
    }
    assertEquals(Map.of("l/centre", 5, "l/mask", 5, "s/centre", 5, "s/mask", 5), counts);
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path mine = folder.resolve("mine.onnx");
    Path int8 = folder.resolve("mine.int8.onnx");
    Path three = folder.resolve("three.txt");
    Files.writeString(three, "a\nb\nc\n");
    OnnxModels.of(17, 224)
        .node("GlobalAveragePool", "x", "p")
        .node("Flatten", "p", "y")
        .write(folder.resolve("flat.onnx"), "y");
    OnnxModels.of(17, 224)
        .node("Relu", "x", "r")
        .node("GlobalAveragePool", "r", "p")
        .node("Flatten", "p", "y")
        .write(folder.resolve("other.onnx"), "y");
    Map<String, Ended> all = new TreeMap<>();
    all.put("--networks: at least one network", audit("no"));
    all.put("is already quantized", audit("no", "--networks", int8));
    all.put("there is no file", audit("no", "--networks", "none.onnx"));
    all.put("two networks have the id 'mine'", audit("no", "--networks", mine + "," + mine));
    all.put(
        "--candidate replaces one network",
        audit("no", "--networks", mine + ",b=" + mine, "--candidate", int8));
    all.put("3 names for 4 classes", audit("no", "--networks", mine, "--classes", three));
    all.put(
        "would be called 'int8'",
        audit("no", "--networks", mine, "--precisions", "int8", "--candidate", "int8=" + int8));
    all.put(
        "3 classes", audit("no", "--networks", mine, "--candidate", folder.resolve("other.onnx")));
    all.put("no tensor", audit("no", "--networks", folder.resolve("flat.onnx")));
    all.put("not 1 x 1 x height", audit("no", "--networks", mine, "--saliency", "onnx:" + mine));
    all.forEach(
        (why, ended) -> {
          assertEquals(2, ended.code(), why + ": " + ended.err());
          assertTrue(ended.err().contains(why), why + ": " + ended.err());
        });
  }

  @Test
  void inspectionSaysAllAndWritesTheDescription() throws IOException {
    Path model = Files.copy(folder.resolve("mine.onnx"), folder.resolve("inspected.onnx"));
    Ended ended = bitgaze("inspect", model, "--init");
    assertEquals(0, ended.code(), ended.err());
    for (String part :
        List.of(
            "operator set 17",
            "1 x 3 x 224 x 224",
            "Conv 1",
            "128 parameters",
            "r: 4 x 14 x 14  <- taken")) {
      assertTrue(ended.out().contains(part), part + " is not in " + ended.out());
    }
    JsonNode beside = new ObjectMapper().readTree(folder.resolve("inspected.json").toFile());
    assertEquals("r", beside.get("target_layer").asText());
    assertTrue(beside.get("preprocessing").asText().startsWith("resize=256,crop=224"));
    assertEquals(2, bitgaze("inspect", model, "--init").code());
    assertEquals(0, bitgaze("inspect", model).code());
    OnnxModels.of(17, 224)
        .node("Relu", "x", "a", "magic", 1)
        .node("Det", "x", "b")
        .node("Add", "a,b", "y")
        .write(model, "y");
    Ended bad = bitgaze("inspect", model);
    assertEquals(2, bad.code());
    assertTrue(bad.out().contains("node '/a' (Relu): attribute 'magic'"), bad.out());
    assertTrue(bad.out().contains("node '/b' (Det): this operator"), bad.out());
    assertFalse(bad.out().contains("'/y'"), bad.out());
  }

  /** What is broken is refused with a reason and exit code 2, and what is only odd is read. */
  @Test
  void hostileFilesAreRefused() throws IOException {
    JsonNode files =
        new ObjectMapper().readTree(Shared.file("onnx/hostile/hostile.json").toFile()).get("files");
    int refused = 0;
    for (var all = files.fields(); all.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = all.next();
      Path file = Shared.file("onnx/hostile/" + entry.getKey());
      boolean valid = entry.getValue().get("valid").asBoolean();
      Ended inspected = bitgaze("inspect", file);
      assertEquals(valid ? 0 : 2, inspected.code(), file + ": " + inspected);
      if (!valid) {
        Ended audited = audit("no", "--networks", "a=" + file, "--precisions", "f32", "--dry-run");
        assertEquals(2, audited.code(), file + ": " + audited.err());
        assertTrue(audited.err().contains(file.getFileName().toString()), audited.err());
        refused++;
      }
    }
    assertEquals(28, refused);
  }
}
