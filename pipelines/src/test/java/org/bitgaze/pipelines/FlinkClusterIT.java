package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Shared;
import org.bitgaze.testing.TestImages;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.zoo.Architecture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real standalone cluster of separate processes, started by {@code flink-conf/cluster}, against
 * the direct runner and embedded Flink: the same rows, whatever happens to the workers.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FlinkClusterIT {
  private static final int IMAGES = 160;

  @TempDir private static Path folder;
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static int restPort;

  @BeforeAll
  static void start() throws Exception {
    SafetensorsWriter.write(
        new FormulaWeights(Architecture.SQUEEZENET1_0.graph(10)),
        folder.resolve("squeezenet1_0.safetensors"));
    Path images = Files.createDirectory(folder.resolve("images"));
    TestImages.write(images, IMAGES);
    Files.write(images.resolve("broken.png"), new byte[] {1, 2, 3});
    restPort = freePort();
    int rpcPort = freePort();
    run(
        folder.resolve("start.log"),
        ROOT.resolve("flink-conf/cluster").toString(),
        "start",
        "--rest-port",
        "" + restPort,
        "--rpc-port",
        "" + rpcPort);
    assertEquals(0, audit("direct").waitFor(), log("direct"));
  }

  @AfterAll
  static void stop() throws Exception {
    run(folder.resolve("stop.log"), ROOT.resolve("flink-conf/cluster").toString(), "stop");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static ProcessBuilder process(Path log, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BITGAZE_CLUSTER_DIR", folder.resolve("cluster").toString());
    return builder.redirectErrorStream(true).redirectOutput(log.toFile());
  }

  private static void run(Path log, String... command) throws Exception {
    Process process = process(log, command).start();
    assertTrue(process.waitFor(3, TimeUnit.MINUTES), String.join(" ", command));
    assertEquals(0, process.exitValue(), Files.readString(log));
  }

  /** Starts an audit in a process of its own, as a user does. */
  private static Process audit(String name, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ROOT.resolve("bitgaze").toString(),
                "audit",
                "--calibration-images",
                "8",
                "--output",
                folder.resolve(name).toString()));
    if (!List.of(more).contains("--networks")) {
      command.addAll(List.of("--networks", "squeezenet1_0"));
    }
    if (!List.of(more).contains("--input")) {
      command.addAll(List.of("--input", folder.resolve("images").toString()));
      command.addAll(List.of("--weights", folder.toString()));
    }
    command.addAll(List.of(more));
    return process(folder.resolve(name + ".log"), command.toArray(String[]::new)).start();
  }

  private static Process auditOnCluster(String name) throws IOException {
    return audit(name, "--runner", "flink", "--flinkMaster=127.0.0.1:" + restPort);
  }

  private static String log(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log"));
  }

  private static void assertSameAsDirect(String name, Process process) throws Exception {
    assertTrue(process.waitFor(4, TimeUnit.MINUTES), log(name));
    assertEquals(0, process.exitValue(), log(name));
    assertSameFiles("direct", name);
    assertTrue(log(name).contains(IMAGES + " images decoded, 1 rejected"), log(name));
  }

  private static void assertSameFiles(String expected, String name) throws IOException {
    for (String file :
        List.of("rows.csv", "summary.csv", "rejects.csv", "calibration.json", "exhibits.jsonl")) {
      assertArrayEquals(
          Files.readAllBytes(folder.resolve(expected).resolve(file)),
          Files.readAllBytes(folder.resolve(name).resolve(file)),
          name + " " + file);
    }
  }

  @Test
  @Order(1)
  @Tag("long")
  void embedded() throws Exception {
    assertSameAsDirect("embedded", audit("embedded", "--runner", "flink"));
  }

  /** Natives and class loaders survive, and memory does not grow from job to job without end. */
  @Test
  @Order(2)
  void threeJobsOneAfterAnother() throws Exception {
    List<Long> resident = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      assertSameAsDirect("job" + i, auditOnCluster("job" + i));
      resident.add(residentMebibytes());
    }
    System.out.println("resident memory of the task managers after each job, MiB: " + resident);
    // The first job loads libraries and lets four slots' heaps and arenas grow.
    assertTrue(resident.get(2) < resident.get(1) + 500, resident.toString());
    List<String> jobs = finished();
    assertEquals(3, jobs.size(), jobs.toString());
    for (String id : jobs) {
      assertPixelsStayed(id);
    }
  }

  /**
   * From decode to the last CAM an image stays where it is: one vertex, on all slots, each with as
   * many images as any other, and between tasks go names, small maps and rows.
   */
  private static void assertPixelsStayed(String id) throws Exception {
    JsonNode job = new ObjectMapper().readTree(get("/jobs/" + id));
    long written = 0;
    int lines = 0;
    for (JsonNode vertex : job.get("vertices")) {
      String name = vertex.get("name").asText();
      written += vertex.get("metrics").get("write-bytes").asLong();
      if (name.contains("CAM")) {
        lines++;
        for (String step : List.of("Decode", "Saliency", "CAM f32", "CAM int16", "CAM int8")) {
          assertTrue(name.contains(step), step + " is not in the vertex " + name);
        }
        assertEquals(4, vertex.get("parallelism").asInt(), name);
        String path = "/jobs/" + id + "/vertices/" + vertex.get("id").asText();
        for (JsonNode slot : new ObjectMapper().readTree(get(path)).get("subtasks")) {
          int names = slot.get("metrics").get("read-records").asInt();
          assertTrue(Math.abs(names - IMAGES / 4) <= 1, names + " images on a slot");
        }
      }
    }
    assertEquals(1, lines, "vertices with CAMs");
    int vertices = job.get("vertices").size();
    System.out.println(
        vertices + " vertices, " + written / IMAGES + " bytes an image written between tasks");
    assertTrue(vertices < 153 / 2, vertices + " vertices");
    // Decoded, an image is 150,000 bytes and more.
    assertTrue(written / IMAGES < 60_000, written / IMAGES + " bytes an image");
  }

  /** What comes along reaches the workers: images are made there, weights are in the job's jar. */
  @Test
  @Order(3)
  void scenesNeedNoFiles() throws Exception {
    String[] scenes = {
      "--input", "scenes:24:4", "--weights", "scenes", "--precisions", "int8", "--show", "nobody"
    };
    Process direct = audit("scenes-direct", scenes);
    assertEquals(0, direct.waitFor(), log("scenes-direct"));
    List<String> more = new ArrayList<>(List.of(scenes));
    more.addAll(List.of("--runner", "flink", "--flinkMaster=127.0.0.1:" + restPort));
    Process cluster = audit("scenes-cluster", more.toArray(String[]::new));
    assertTrue(cluster.waitFor(4, TimeUnit.MINUTES), log("scenes-cluster"));
    assertEquals(0, cluster.exitValue(), log("scenes-cluster"));
    assertSameFiles("scenes-direct", "scenes-cluster");
    assertTrue(log("scenes-cluster").contains("not shown: no image nobody was compared"));
  }

  /** A float network and its quantized form, both from files that workers read, on photographs. */
  @Test
  @Order(3)
  void filesOfOnesOwnGiveTheSameRows() throws Exception {
    String[] candidate = {
      "--input", Shared.file("photos").toString(),
      "--networks", "float=" + Shared.file("onnx/squeezenet1_1.onnx"),
      "--candidate", "int8=" + Shared.file("onnx/squeezenet1_1_qdq_per_tensor.onnx")
    };
    Process direct = audit("onnx-direct", candidate);
    assertEquals(0, direct.waitFor(), log("onnx-direct"));
    List<String> more = new ArrayList<>(List.of(candidate));
    more.addAll(List.of("--runner", "flink", "--flinkMaster=127.0.0.1:" + restPort));
    Process cluster = audit("onnx-cluster", more.toArray(String[]::new));
    assertTrue(cluster.waitFor(4, TimeUnit.MINUTES), log("onnx-cluster"));
    assertEquals(0, cluster.exitValue(), log("onnx-cluster"));
    assertSameFiles("onnx-direct", "onnx-cluster");
    String run = Files.readString(folder.resolve("onnx-direct/run.json"));
    assertTrue(run.contains("squeezenet1_1_qdq_per_tensor.onnx"), run);
  }

  /** What is drawn depends on an image's key: neither the runner nor the batch size changes it. */
  @Test
  @Order(3)
  @Tag("long")
  void theProtocolOfThePaperGivesTheSameRows() throws Exception {
    String[] scenes = {
      "--protocol", "paper", "--input", "scenes:24:4", "--weights", "scenes", "--precisions", "int8"
    };
    Process direct = audit("paper-direct", scenes);
    assertEquals(0, direct.waitFor(), log("paper-direct"));
    List<String> more = new ArrayList<>(List.of(scenes));
    more.addAll(List.of("--batch-size", "4"));
    more.addAll(List.of("--runner", "flink", "--flinkMaster=127.0.0.1:" + restPort));
    Process cluster = audit("paper-cluster", more.toArray(String[]::new));
    assertTrue(cluster.waitFor(4, TimeUnit.MINUTES), log("paper-cluster"));
    assertEquals(0, cluster.exitValue(), log("paper-cluster"));
    assertSameFiles("paper-direct", "paper-cluster");
    assertTrue(Files.readString(folder.resolve("paper-direct/rows.csv")).contains(",f32b,"));
  }

  /** Jobs that ended well. */
  private static List<String> finished() throws Exception {
    List<String> ids = new ArrayList<>();
    for (JsonNode job : new ObjectMapper().readTree(get("/jobs")).get("jobs")) {
      if (job.get("status").asText().equals("FINISHED")) {
        ids.add(job.get("id").asText());
      }
    }
    return ids;
  }

  /** Ctrl-C: the job is cancelled, and nothing is left behind. */
  @Test
  @Order(5)
  void anInterruptedAuditCancelsItsJob() throws Exception {
    assumeFalse(
        isInterruptIgnored(), "SIGINT is ignored here, as where a script runs in the background");
    Process process = auditOnCluster("interrupted");
    String job = awaitMaps();
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), log("interrupted"));
    assertEquals(130, process.exitValue(), log("interrupted"));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!get("/jobs/" + job).contains("\"state\":\"CANCELED\"")) {
      assertTrue(System.nanoTime() < end, get("/jobs/" + job));
      Thread.sleep(200);
    }
    assertNothingStaged("interrupted");
  }

  /** Processes inherit it. */
  private static boolean isInterruptIgnored() throws IOException {
    return (Long.parseUnsignedLong(status("self", "SigIgn"), 16) & 1 << 1) != 0;
  }

  private static void assertNothingStaged(String name) throws IOException {
    Path out = folder.resolve(name);
    if (Files.exists(out)) {
      try (var files = Files.list(out)) {
        assertEquals(
            List.of(),
            files.filter(f -> !f.getFileName().toString().equals("bitgaze.log")).toList());
      }
    }
  }

  @Test
  @Order(6)
  void aCancelledJobLeavesNoOutput() throws Exception {
    Process process = auditOnCluster("cancelled");
    String job = awaitMaps();
    HttpRequest cancel =
        HttpRequest.newBuilder(rest("/jobs/" + job + "?mode=cancel"))
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpClient.newHttpClient().send(cancel, HttpResponse.BodyHandlers.discarding());
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), log("cancelled"));
    assertEquals(1, process.exitValue(), log("cancelled"));
    assertNothingStaged("cancelled");
  }

  @Test
  @Order(7)
  void aKilledTaskManagerIsMadeUpFor() throws Exception {
    Process process = auditOnCluster("killed");
    awaitMaps();
    long pid =
        Long.parseLong(Files.readString(folder.resolve("cluster/taskmanager-1.pid")).strip());
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    assertTrue(process.isAlive(), "the job was over before the task manager was killed");
    assertSameAsDirect("killed", process);
    assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  /** A heap that is too small ends the process, in one line: it neither hangs nor goes on. */
  @Test
  @Order(8)
  void exhaustedMemoryEndsTheProcess() throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("bitgaze").toString(), "audit"));
    command.addAll(List.of("--input", "scenes:400:1", "--weights", "scenes"));
    command.addAll(List.of("--networks", "squeezenet1_0", "--precisions", "f32"));
    command.addAll(List.of("--output", folder.resolve("memory").toString()));
    ProcessBuilder builder = process(folder.resolve("memory.log"), command.toArray(String[]::new));
    builder.environment().put("BITGAZE_JAVA_OPTS", "-Xmx44m");
    Process process = builder.start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), log("memory"));
    assertEquals(4, process.exitValue(), log("memory"));
    List<String> said = log("memory").lines().filter(l -> l.startsWith("bitgaze: ")).toList();
    assertEquals(1, said.size(), log("memory"));
    assertTrue(said.get(0).contains("out of memory: 44 MiB of heap"), said.get(0));
  }

  private static URI rest(String path) {
    return URI.create("http://127.0.0.1:" + restPort + path);
  }

  private static String get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(rest(path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Waits until the running job computes maps, and returns its id. */
  private static String awaitMaps() throws Exception {
    Pattern running = Pattern.compile("\"id\":\"([0-9a-f]+)\",\"status\":\"RUNNING\"");
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < end) {
      Matcher job = running.matcher(get("/jobs"));
      if (job.find()) {
        String vertices = get("/jobs/" + job.group(1));
        if (Pattern.compile("CAM f32[^\"]*\"[^{}]*\"status\":\"RUNNING\"")
            .matcher(vertices)
            .find()) {
          return job.group(1);
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no job came to computing maps");
  }

  /** What Linux says of a process. */
  private static String status(String pid, String field) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip();
      }
    }
    throw new AssertionError("/proc/" + pid + "/status has no " + field);
  }

  private static long residentMebibytes() throws IOException {
    long kibibytes = 0;
    for (String name : List.of("taskmanager-1", "taskmanager-2")) {
      String pid = Files.readString(folder.resolve("cluster/" + name + ".pid")).strip();
      kibibytes += Long.parseLong(status(pid, "VmRSS").replaceAll("\\D", ""));
    }
    return kibibytes / 1024;
  }
}
