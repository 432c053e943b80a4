package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.pipelines.output.AnswerView;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.testing.OnnxModels;
import org.bitgaze.testing.TestImages;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Audits of small random networks of all tasks, from the files to the report. Labels are the
 * networks' own answers at f32, so that f32 is right about all of them.
 */
class TaskAuditTest {
  private static final int IMAGES = 5;
  @TempDir private static Path folder;

  @BeforeAll
  static void write() throws IOException {
    TestImages.write(Files.createDirectories(folder.resolve("images")), IMAGES);
    Random random = new Random(4);
    features(random)
        .floats("ws", new int[] {3, 8, 1, 1}, numbers(random, 24, 0.1))
        .floats("bs", new int[] {3}, -1.2f, -1.5f, -1.4f)
        .node("Conv", "r,ws,bs", "s")
        .longs("by_class", 0, 3, 64)
        .node("Reshape", "s,by_class", "flat")
        .node("Transpose", "flat", "logits", "perm", new int[] {0, 2, 1})
        .node("Sigmoid", "logits", "scores")
        .floats("wb", new int[] {4, 8, 1, 1}, numbers(random, 32, 0.002))
        .node("Conv", "r,wb", "b")
        .longs("by_corner", 0, 4, 64)
        .node("Reshape", "b,by_corner", "flat_b")
        .node("Transpose", "flat_b", "moves", "perm", new int[] {0, 2, 1})
        .floats("anchors", new int[] {1, 64, 4}, anchors())
        .node("Add", "moves,anchors", "boxes")
        .write(folder.resolve("detector.onnx"), "boxes,scores");
    features(random)
        .floats("ws", new int[] {3, 8, 1, 1}, numbers(random, 24, 1))
        .node("Conv", "r,ws", "classes")
        .write(folder.resolve("segmenter.onnx"), "classes");
    features(random)
        .node("GlobalAveragePool", "r", "pooled")
        .node("Flatten", "pooled", "flat")
        .floats("ws", new int[] {6, 8}, numbers(random, 48, 1))
        .node("Gemm", "flat,ws", "logits", "transB", 1)
        .node("Sigmoid", "logits", "labels")
        .write(folder.resolve("labels.onnx"), "labels");
  }

  /** 8 channels of 8 x 8. */
  private static OnnxModels features(Random random) {
    return OnnxModels.of(17, 32)
        .floats("w1", new int[] {8, 3, 3, 3}, numbers(random, 216, 0.4))
        .node("Conv", "x,w1", "c", "pads", new int[] {1, 1, 1, 1}, "strides", new int[] {2, 2})
        .node("Relu", "c", "rc")
        .floats("w2", new int[] {8, 8, 3, 3}, numbers(random, 576, 0.3))
        .node("Conv", "rc,w2", "d", "pads", new int[] {1, 1, 1, 1}, "strides", new int[] {2, 2})
        .node("Relu", "d", "r");
  }

  private static float[] numbers(Random random, int count, double deviation) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (deviation * random.nextGaussian());
    }
    return numbers;
  }

  /** Boxes of an eighth of the input around each cell. */
  private static float[] anchors() {
    float[] corners = new float[64 * 4];
    for (int i = 0; i < 64; i++) {
      float x = (i % 8 + 0.5f) / 8;
      float y = (i / 8 + 0.5f) / 8;
      float[] box = {x - 0.0625f, y - 0.0625f, x + 0.0625f, y + 0.0625f};
      System.arraycopy(box, 0, corners, 4 * i, 4);
    }
    return corners;
  }

  private static Path audit(String output, String network, String... more) throws IOException {
    Path out = folder.resolve(output);
    List<String> args = new ArrayList<>(List.of("audit", "--networks"));
    args.add("net=" + folder.resolve(network + ".onnx"));
    args.addAll(List.of("--input", folder.resolve("images").toString(), "--saliency", "centre"));
    if (!List.of(more).contains("--precisions=f32")) {
      args.addAll(List.of("--precisions", "int4"));
    }
    args.addAll(List.of("--sample", "" + IMAGES));
    args.addAll(List.of("--output", out.toString(), "--workers", "2"));
    Collections.addAll(args, more);
    assertEquals(0, Bitgaze.run(args.toArray(String[]::new)), String.join(" ", args));
    return out;
  }

  private static String[] detector(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--task=detection,boxes=fractions", "--preprocessing=resize=letterbox,crop=32"));
    Collections.addAll(all, more);
    return all.toArray(String[]::new);
  }

  /** Options of one of the networks, each of which sees a letterbox. */
  private static List<String> letterboxed(String network, String... more) {
    return new ArrayList<>(
        List.of(
            network.equals("detector")
                ? detector(more)
                : Stream.concat(
                        Stream.of("--preprocessing=resize=letterbox,crop=32"), Stream.of(more))
                    .toArray(String[]::new)));
  }

  private static AnswerView answer(ExhibitLine exhibit, String precision) {
    return exhibit.cams().stream()
        .filter(cam -> cam.precision().equals(precision))
        .findFirst()
        .orElseThrow()
        .answer();
  }

  private static double mean(Path out, String precision, String reference, StandardMeasure measure)
      throws IOException {
    return mean(out, "net", precision, reference, measure);
  }

  private static double mean(
      Path out, String model, String precision, String reference, StandardMeasure measure)
      throws IOException {
    Summary summary = SummaryFiles.readJson(out.resolve("summary.json"));
    return summary.line(model, precision, reference, measure.id()).orElseThrow().mean();
  }

  private static void assertSame(Path one, Path two, String... names) throws IOException {
    for (String name : names) {
      assertEquals(-1, Files.mismatch(one.resolve(name), two.resolve(name)), two + " " + name);
    }
  }

  /** Boxes of COCO; and rows that depend on no runner and no size of a batch. */
  @Test
  void detection() throws IOException {
    Path unlabelled = audit("boxes", "detector", detector());
    StringBuilder images = new StringBuilder();
    StringBuilder annotations = new StringBuilder();
    int boxes = 0;
    for (ExhibitLine exhibit : Findings.exhibits(unlabelled.resolve("exhibits.jsonl"))) {
      String id = exhibit.key().replaceAll("\\D", "");
      images.append(images.isEmpty() ? "" : ",");
      images.append(
          "{\"id\":%s,\"file_name\":\"%s\",\"width\":300,\"height\":260}"
              .formatted(id, exhibit.key()));
      AnswerView f32 = answer(exhibit, "f32");
      for (int i = 0; i < f32.boxes().size(); i++) {
        // Of 32 x 32 pixels, the picture has the rows 2 to 30: 28 x 32.
        double[] b = f32.boxes().get(i);
        double top = (b[1] * 32 - 2) / 28 * 260;
        annotations.append(annotations.isEmpty() ? "" : ",");
        annotations.append(
            "{\"id\":%d,\"image_id\":%s,\"category_id\":%d,\"iscrowd\":0,\"bbox\":[%s,%s,%s,%s]}"
                .formatted(
                    ++boxes,
                    id,
                    new int[] {1, 4, 9}[f32.found().get(i).index()],
                    b[0] * 300,
                    top,
                    (b[2] - b[0]) * 300,
                    (b[3] - b[1]) * 32 / 28 * 260));
      }
    }
    assertTrue(boxes > IMAGES, boxes + " boxes");
    Path coco =
        Files.writeString(
            folder.resolve("coco.json"),
            "{\"images\":[%s],\"annotations\":[%s],\"categories\":[{\"id\":1},{\"id\":4},{\"id\":9}]}"
                .formatted(images, annotations));
    String labels = "--labels=" + coco;
    Path direct = audit("coco", "detector", detector(labels, "--batch-size=1"));
    assertEquals(1, mean(direct, "f32", "label", StandardMeasure.MAP50), 1e-12);
    assertEquals(1, mean(direct, "f32", "label", StandardMeasure.DETECTIONS));
    double found = mean(direct, "int4", "f32", StandardMeasure.DETECTIONS);
    assertTrue(found > 0.2 && found < 1, "int4 finds " + found);
    assertEquals(found, mean(direct, "int4", "label", StandardMeasure.DETECTIONS), 1e-12);
    double precision = mean(direct, "int4", "label", StandardMeasure.MAP50);
    assertTrue(precision > 0.05 && precision < 1, "mAP50 of int4 is " + precision);
    String report = Files.readString(direct.resolve("report.html"));
    assertTrue(report.contains("MAP50 (mean average precision"), "accuracy in the report");
    assertTrue(report.contains("of f32&#39;s boxes (F1)"), "verdict in the task's words");
    assertTrue(report.contains("class=\"map marked\""), "boxes above maps");
    Path flink = audit("flink", "detector", detector(labels, "--batch-size=3", "--runner=flink"));
    assertSame(direct, flink, "rows.csv", "summary.csv", "summary.json");
  }

  /** As the files are deployed, by a method without gradients. */
  @Test
  void bothEngines() throws IOException {
    for (String network : List.of("detector", "segmenter", "labels")) {
      List<String> options =
          letterboxed(
              network, "--engines=torch,onnxruntime", "--cam=occlusion", "--precisions=f32");
      boolean boxes = network.equals("detector");
      Path direct = audit(network + "-deployed", network, options.toArray(String[]::new));
      if (boxes) {
        options.addAll(List.of("--batch-size=1", "--runner=flink"));
        Path flink = audit(network + "-flink", network, options.toArray(String[]::new));
        assertSame(direct, flink, "rows.csv", "summary.csv");
      }
      assertEquals(0, mean(direct, "f32", "deployed", StandardMeasure.FLIP), network);
      assertEquals(1, mean(direct, "f32", "deployed", StandardMeasure.CC), 1e-4, network);
      StandardMeasure own =
          boxes
              ? StandardMeasure.DETECTIONS
              : network.equals("segmenter") ? StandardMeasure.MIOU : StandardMeasure.LABELS;
      assertEquals(1, mean(direct, "f32", "deployed", own), network);
      String report = Files.readString(direct.resolve("report.html"));
      assertTrue(report.contains(own + " is 1.000, and their maps correlate"), network);
    }
  }

  /** A probability of an answer falls while the picture is removed, whatever the task. */
  @Test
  void faithfulness() throws IOException {
    for (String network : List.of("detector", "segmenter", "labels")) {
      List<String> options = letterboxed(network, "--faithfulness", "--sanity");
      Path out = audit(network + "-tested", network, options.toArray(String[]::new));
      double whole = mean(out, "f32", "network", StandardMeasure.CONFIDENCE);
      double inserted = mean(out, "f32", "network", StandardMeasure.INSERTION);
      double deleted = mean(out, "f32", "network", StandardMeasure.DELETION);
      assertTrue(whole > 0 && whole <= 1, network + ": " + whole);
      assertTrue(inserted > 0 && inserted <= 1, network + ": " + inserted);
      assertTrue(deleted > 0 && deleted <= 1, network + ": " + deleted);
      assertTrue(inserted != deleted, network);
      if (network.equals("detector")) {
        double scores = 0;
        List<ExhibitLine> exhibits = Findings.exhibits(out.resolve("exhibits.jsonl"));
        for (ExhibitLine exhibit : exhibits) {
          scores +=
              answer(exhibit, "f32").found().stream()
                  .mapToDouble(AnswerView.Found::number)
                  .average()
                  .orElseThrow();
        }
        assertEquals(scores / exhibits.size(), whole, 1e-6);
      }
      assertTrue(Double.isFinite(mean(out, "int4", "f32-map", StandardMeasure.INSERTION)));
      double random = mean(out, "f32", "random-weights", StandardMeasure.CC);
      assertTrue(random < 0.999, network + ": " + random);
    }
  }

  @Test
  void segmentation() throws IOException {
    Path direct = audit("seg", "segmenter", "--preprocessing=resize=letterbox,crop=32");
    Path flink =
        audit(
            "seg-flink",
            "segmenter",
            "--preprocessing=resize=letterbox,crop=32",
            "--batch-size=3",
            "--runner=flink");
    assertSame(direct, flink, "rows.csv", "summary.csv");
    double kept = mean(direct, "int4", "f32", StandardMeasure.MIOU);
    assertTrue(kept > 0.2 && kept < 1, "int4 keeps " + kept);
    AnswerView answer = answer(Findings.exhibits(direct.resolve("exhibits.jsonl")).get(0), "f32");
    assertEquals(8, answer.classes().height());
  }

  /** Several rows for an image, several classes in a row, and images without labels. */
  @Test
  void multiLabel() throws IOException {
    Path unlabelled = audit("plain", "labels", "--preprocessing=crop=32", "--target-layer=rc,r");
    assertEquals(
        "rc,r", RunInfo.read(unlabelled.resolve("run.json")).models().get(0).targetLayer());
    StringBuilder csv = new StringBuilder("file,class_index\n");
    for (ExhibitLine exhibit : Findings.exhibits(unlabelled.resolve("exhibits.jsonl"))) {
      List<String> found =
          answer(exhibit, "f32").found().stream().map(f -> "" + f.index()).toList();
      boolean rows = exhibit.key().equals("p1.png");
      for (String row : rows ? found : List.of(String.join(" ", found))) {
        csv.append(exhibit.key()).append(',').append(row).append('\n');
      }
    }
    Path labels = Files.writeString(folder.resolve("labels.csv"), csv);
    Path labelled = audit("labelled", "labels", "--preprocessing=crop=32", "--labels=" + labels);
    assertEquals(1, mean(labelled, "f32", "label", StandardMeasure.LABELS));
    assertEquals(
        mean(labelled, "int4", "f32", StandardMeasure.LABELS),
        mean(labelled, "int4", "label", StandardMeasure.LABELS));
    assertTrue(
        Files.readString(labelled.resolve("report.html")).contains("LABELS (overlap of the sets"));
  }

  /** Scenes know their boxes; one of the bundled networks finds some of them. */
  @Test
  void demo() throws IOException {
    String home = System.getProperty("bitgaze.home");
    System.setProperty("bitgaze.home", folder.resolve("home").toString());
    try {
      Path out = folder.resolve("demo");
      assertEquals(0, Bitgaze.run("demo", "--task=detection", "--scenes=4", "--output=" + out));
      double f32 = mean(out, "detection", "f32", "label", StandardMeasure.MAP50);
      assertTrue(f32 > 0.4, "mAP50 is " + f32);
      double int16 = mean(out, "detection", "int16", "f32", StandardMeasure.DETECTIONS);
      assertEquals(1, int16);
      assertTrue(RunInfo.read(out.resolve("run.json")).classNames().contains("clutter"));
    } finally {
      if (home == null) {
        System.clearProperty("bitgaze.home");
      } else {
        System.setProperty("bitgaze.home", home);
      }
    }
  }
}
