package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.pipelines.Chromium;
import org.bitgaze.pipelines.report.Run;
import org.bitgaze.pipelines.view.ViewServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;

/** The viewer over a small audit and a changed copy of it without maps. */
class ViewCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CHANGED = org.bitgaze.scene.Scene.of(3, 5).key();

  @TempDir private static Path folder;
  private static Path out;
  private static ViewServer server;
  private static ChromeDriver browser;

  @BeforeAll
  static void startServer() throws Exception {
    out = folder.resolve("out");
    String[] audit = {
      "audit",
      "--input",
      "scenes:8:3",
      "--weights",
      "scenes",
      "--networks",
      "squeezenet1_0",
      "--precisions",
      "int8,int4",
      "--saliency",
      "spectral-residual",
      "--maps",
      "--output",
      out.toString()
    };
    assertEquals(0, Bitgaze.run(audit));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    for (String name : List.of("run.json", "summary.json", "calibration.json")) {
      Files.copy(out.resolve(name), copy.resolve(name));
    }
    // In the copy, one image's map is less like f32's by 0.25.
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          """
          COPY (SELECT * REPLACE (CASE WHEN key = '%s' AND precision = 'int8'
                AND reference = 'f32' THEN CC - 0.25 ELSE CC END AS CC) FROM '%s')
          TO '%s' (FORMAT PARQUET)
          """
              .formatted(CHANGED, out.resolve("rows.parquet"), copy.resolve("rows.parquet")));
    }
    server = serve(Optional.empty(), out, copy);
  }

  private static ViewServer serve(Optional<String> host, Path... folders) throws IOException {
    List<Run> runs = new ArrayList<>();
    for (Path one : folders) {
      runs.add(Run.open(one));
    }
    return ViewServer.start(runs, run -> new RestoredAudit(run.info(), run.folder()), host, 0);
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.quit();
    }
    if (server != null) {
      server.close();
    }
  }

  private static ChromeDriver open(String query) throws IOException {
    assumeTrue(Chromium.isThere(), "there is no Chromium with its driver");
    if (browser == null) {
      browser = Chromium.start(folder);
    }
    browser.get(server.url() + query);
    return browser;
  }

  private static Object script(String javascript, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(javascript, arguments);
  }

  private static void await(String condition) {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    while (!Boolean.TRUE.equals(script("return Boolean(" + condition + ")"))) {
      assertTrue(Instant.now().isBefore(end), () -> "in vain: " + condition);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static void select(WebElement select, String text) {
    select.findElement(By.xpath("option[. = '" + text + "']")).click();
  }

  /** Waits until the table shows the rows of the URL. */
  private static void awaitRows() {
    await(
        "document.documentElement.dataset.shown === String(new URLSearchParams([...new"
            + " URLSearchParams(location.search)].filter(([n]) => n.startsWith('f.') ||"
            + " ['run', 'other', 'measure', 'sort', 'order'].includes(n))))");
  }

  private static void awaitImage() {
    await(
        "document.documentElement.dataset.image ==="
            + " String(new URLSearchParams(location.search))");
  }

  @SuppressWarnings("unchecked")
  private static List<String> keys() {
    return (List<String>)
        script("return [...document.querySelectorAll('#rows tbody a')].map(a => a.textContent)");
  }

  /** Follows a link, also while its row is drawn again. */
  private static void follow(String selector) {
    script("document.querySelector(arguments[0]).click()", selector);
  }

  private static String count() {
    return browser.findElement(By.id("count")).getText();
  }

  private static void choose(String filter, String text) {
    select(browser.findElement(By.cssSelector("[data-filter='" + filter + "']")), text);
    awaitRows();
  }

  /** Keys by rows.csv, from the largest drift: maps that vanished first. */
  private static List<String> byDrift(String precision) throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    try (var rows = format.parse(Files.newBufferedReader(out.resolve("rows.csv")))) {
      return rows.getRecords().stream()
          .filter(r -> r.get("reference").equals("f32") && r.get("precision").equals(precision))
          .sorted(
              Comparator.comparingDouble(
                      (CSVRecord r) -> r.get("CC").isEmpty() ? -2 : Double.parseDouble(r.get("CC")))
                  .thenComparing(r -> r.get("key")))
          .map(r -> r.get("key"))
          .toList();
    }
  }

  @Test
  void theTableIsFilteredAndSorted() throws IOException {
    ChromeDriver page = open("");
    awaitRows();
    // Two precisions against f32, of two against saliency, mask, label and f32, and f32 itself.
    assertEquals("16 of 88 rows, 8 of 8 images", count());
    choose("precision", "int4");
    assertEquals("8 of 88 rows, 8 of 8 images", count());
    assertEquals(byDrift("int4"), keys());
    page.findElement(By.xpath("//th/button[starts-with(., 'CC')]")).click();
    awaitRows();
    assertTrue(page.getCurrentUrl().contains("order=desc"), page.getCurrentUrl());
    assertNotEquals(byDrift("int4"), keys());
    page.findElement(By.cssSelector("[data-filter=key]")).sendKeys("DISC");
    awaitRows();
    List<String> discs = byDrift("int4").stream().filter(k -> k.contains("disc")).sorted().toList();
    assertEquals(discs, keys().stream().sorted().toList());
    assertTrue(count().startsWith(discs.size() + " of 88 rows"), count());
    // A link shows the same rows and controls.
    List<String> shown = keys();
    open(page.getCurrentUrl().substring(server.url().length()));
    awaitRows();
    assertEquals(shown, keys());
    WebElement text = page.findElement(By.cssSelector("[data-filter=key]"));
    assertEquals("DISC", text.getDomProperty("value"));
    // A range, and its removal.
    open("?page=images&f.reference=f32&f.CC=0.9..");
    awaitRows();
    List<WebElement> chips = page.findElements(By.cssSelector("#chips button"));
    assertEquals("CC: 0.9.. ✕", chips.get(1).getText());
    chips.get(1).click();
    awaitRows();
    assertEquals("16 of 88 rows, 8 of 8 images", count());
    assertSilent();
  }

  private static void assertSilent() {
    assertEquals(
        List.of(),
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            // This test reads canvases; the page does not.
            .filter(message -> !message.getMessage().contains("willReadFrequently"))
            .toList());
    assertEquals(
        List.of(),
        script(
            "return performance.getEntriesByType('resource').map(r => r.name)"
                + ".filter(n => !n.startsWith(arguments[0]) && !n.startsWith('data:'))",
            server.url()),
        "nothing is loaded from elsewhere");
  }

  @Test
  void imagesAreWalkedByKeyboard() throws IOException {
    open("?page=images&f.reference=f32&f.precision=int4&sort=CC&order=asc");
    awaitRows();
    List<String> keys = byDrift("int4");
    follow("#rows tbody a");
    awaitImage();
    assertEquals(keys.get(0), browser.findElement(By.id("image-title")).getText());
    await("!document.getElementById('next').disabled");
    WebElement body = browser.findElement(By.tagName("body"));
    body.sendKeys(Keys.ARROW_RIGHT);
    awaitImage();
    assertEquals(keys.get(1), browser.findElement(By.id("image-title")).getText());
    await("!document.getElementById('previous').disabled");
    body.sendKeys(Keys.ARROW_LEFT);
    awaitImage();
    assertEquals(keys.get(0), browser.findElement(By.id("image-title")).getText());
    // Three maps, the picture and saliency; every canvas is drawn on.
    assertEquals(
        5L,
        script(
            "return [...document.querySelectorAll('#sources canvas, #grid canvas')].filter(c =>"
                + " new Set(c.getContext('2d').getImageData(0, 0, 224, 224).data).size > 2).length"));
    assertTrue(browser.findElement(By.id("grid")).getText().contains("int4"));
    body.sendKeys(Keys.ESCAPE);
    awaitRows();
    assertEquals(keys, keys());
    assertSilent();
  }

  /** At one end of the slider is one map, at the other end the other. */
  @Test
  void swipeShowsBothMaps() throws IOException {
    String key = byDrift("int4").get(7);
    open("?page=image&key=" + encoded(key) + "&model=squeezenet1_0&precision=int4");
    awaitImage();
    Object left = stage(100);
    Object right = stage(0);
    assertNotEquals(left, right);
    assertNotEquals(left, stage(50));
    WebElement select = browser.findElement(By.id("left"));
    select(select, "SqueezeNet 1.0 int4");
    assertEquals(right, stage(100));
    // The strength of the overlay, the difference and the mask change what is drawn.
    String before = first();
    script(
        "const s = document.getElementById('strength'); s.value = 10;"
            + " s.dispatchEvent(new Event('input'))");
    String faint = first();
    assertNotEquals(before, faint);
    browser.findElement(By.cssSelector("input[name=show][value=map]")).click();
    String map = first();
    assertNotEquals(faint, map);
    browser.findElement(By.id("outline")).click();
    assertNotEquals(map, first());
  }

  /** The stage's pixels without the divider's line. */
  private static Object stage(int percent) {
    return script(
        "const d = document.getElementById('divider'); d.value = arguments[0];"
            + " d.dispatchEvent(new Event('input'));"
            + " return [...document.getElementById('stage').getContext('2d')"
            + ".getImageData(4, 0, 440, 448).data.filter((v, i) => i % 97 === 0)].join(' ')",
        percent);
  }

  private static String first() {
    return (String) script("return document.querySelector('#grid canvas').toDataURL()");
  }

  /** The copy has no maps: they are computed by the audit's settings. */
  @Test
  void computedMapsAreTheAudits() throws IOException {
    List<String> same = byDrift("int4").stream().filter(k -> !k.equals(CHANGED)).toList();
    String key = same.get(3);
    JsonNode stored = get("api/maps?run=0&key=" + encoded(key));
    JsonNode computed = get("api/maps?run=1&key=" + encoded(key));
    assertEquals("stored", stored.get("source").asText());
    assertEquals("computed", computed.get("source").asText());
    assertEquals(4, stored.get("maps").size());
    assertEquals(stored.get("maps"), computed.get("maps"));
    assertEquals(0, computed.get("notes").size());
    // A row that is not this map's is noticed.
    JsonNode changed = get("api/maps?run=1&key=" + encoded(CHANGED));
    assertEquals(1, changed.get("notes").size());
    String note = changed.get("notes").get(0).asText();
    assertTrue(note.startsWith("squeezenet1_0 at int8 differs from the audit"), note);
  }

  /** A large audit leaves datasets; the order of a model's colours is no matter of its crop. */
  @Test
  void datasetsAndPreparedModelsAreShown() throws IOException {
    Path large = Files.createDirectory(folder.resolve("large"));
    for (String name : List.of("summary.json", "calibration.json")) {
      Files.copy(out.resolve(name), large.resolve(name));
    }
    String run = Files.readString(out.resolve("run.json"));
    String prepared =
        run.replaceAll("(\"preprocessing\" : \"resize=[^\"]+)\"", "$1,layout=nhwc,bgr\"");
    assertNotEquals(run, prepared);
    Files.writeString(large.resolve("run.json"), prepared);
    for (String table : List.of("rows", "maps")) {
      Files.copy(
          out.resolve(table + ".parquet"),
          Files.createDirectory(large.resolve(table)).resolve("part-00000.parquet"));
    }
    String key = encoded(byDrift("int4").get(0));
    try (ViewServer viewer = serve(Optional.empty(), large)) {
      String picture = "api/picture?model=squeezenet1_0&key=" + key;
      try (InputStream shown = connect(viewer.url() + picture).getInputStream();
          InputStream same = connect(server.url() + picture).getInputStream()) {
        assertArrayEquals(same.readAllBytes(), shown.readAllBytes());
      }
      try (InputStream maps = connect(viewer.url() + "api/maps?key=" + key).getInputStream()) {
        assertEquals(get("api/maps?run=0&key=" + key), JSON.readTree(maps));
      }
    }
  }

  @Test
  void otherWeightsAreRefused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("weights"));
    for (String name : List.of("run.json", "summary.json", "calibration.json", "rows.parquet")) {
      Files.copy(out.resolve(name), other.resolve(name));
    }
    String run = Files.readString(other.resolve("run.json"));
    Files.writeString(
        other.resolve("run.json"),
        run.replaceAll("\"sha256\" : \"[0-9a-f]{8}", "\"sha256\" : \"00000000"));
    try (ViewServer changed = serve(Optional.empty(), other)) {
      HttpURLConnection answer =
          connect(changed.url() + "api/maps?key=" + encoded(byDrift("int4").get(0)));
      assertEquals(500, answer.getResponseCode());
      String error = new String(answer.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(error.contains("the weights have changed since the audit"), error);
    }
  }

  @Test
  void twoRunsAreSortedByTheirDifference() throws IOException {
    open("");
    awaitRows();
    browser.findElement(By.linkText("Two runs")).click();
    awaitRows();
    assertEquals(CHANGED, keys().get(0));
    String first = browser.findElement(By.cssSelector("#rows tbody tr")).getText();
    assertTrue(first.contains("-0.250"), first);
    follow("#rows tbody a");
    awaitImage();
    assertEquals(2, browser.findElements(By.cssSelector("#grid tbody tr")).size());
    String notes = browser.findElement(By.id("notes")).getText();
    assertTrue(notes.contains("differs from the audit"), notes);
    assertSilent();
  }

  @Test
  void classesLeadToTheirImages() throws IOException {
    open("?page=classes&model=squeezenet1_0&precision=int4");
    await("document.documentElement.dataset.classes");
    List<WebElement> classes = browser.findElements(By.cssSelector("#class-table tbody tr"));
    JsonNode known = get("api/classes?model=squeezenet1_0&precision=int4").get("classes");
    assertEquals(known.size(), classes.size());
    int images = known.get(0).get("images").asInt();
    classes.get(0).findElement(By.tagName("a")).click();
    awaitRows();
    assertEquals(images, keys().size());
    assertTrue(browser.getCurrentUrl().contains("f.class="), browser.getCurrentUrl());
  }

  @Test
  void axeFindsNoSeriousIssue() throws IOException {
    String key = encoded(byDrift("int4").get(0));
    for (int width : List.of(1300, 400)) {
      open("");
      browser.manage().window().setSize(new Dimension(width, 1000));
      for (String query :
          List.of(
              "?page=images&f.reference=f32&sort=CC",
              "?page=image&key=" + key + "&model=squeezenet1_0&precision=int4&at=0",
              "?page=classes")) {
        open(query);
        await(
            "document.documentElement.dataset."
                + (query.contains("=images")
                    ? "shown"
                    : query.contains("key") ? "image" : "classes"));
        // Colours do not depend on the width.
        for (String theme : width > 1000 ? List.of("light", "dark") : List.of("light")) {
          select(browser.findElement(By.id("theme")), theme);
          List<String> serious =
              new AxeBuilder()
                  .analyze(browser).getViolations().stream()
                      .filter(v -> Set.of("serious", "critical").contains(v.getImpact()))
                      .map(v -> width + " " + theme + " " + query + ": " + v.getId() + v.getNodes())
                      .toList();
          assertEquals(List.of(), serious);
        }
      }
    }
    browser.manage().window().setSize(new Dimension(1300, 1000));
  }

  @Test
  void whatIsNotOfTheRunIsRefused() throws IOException {
    for (String path :
        List.of(
            "../out/run.json",
            "..%2f..%2fetc%2fpasswd",
            "run.json",
            "api/../run.json",
            "view.css/../../run.json",
            "%2e%2e/run.json")) {
      String answer = raw(server, "GET /" + path + " HTTP/1.1", "Host: localhost");
      assertTrue(answer.startsWith("HTTP/1.1 404"), path + ": " + answer);
    }
    for (String key : List.of("../rows.csv", "/etc/passwd", out.resolve("run.json").toString())) {
      String query = "api/picture?model=squeezenet1_0&key=" + encoded(key);
      assertEquals(400, connect(server.url() + query).getResponseCode(), key);
    }
    assertEquals(
        200,
        connect(
                server.url()
                    + "api/picture?model=squeezenet1_0&key="
                    + encoded(byDrift("int4").get(0)))
            .getResponseCode());
    // A key in a file of rows is not trusted, either.
    RestoredAudit audit = new RestoredAudit(Run.open(out).info(), out);
    for (String key : List.of("../x.jpg", "a/../../x.jpg", "/etc/passwd", "..", "a/./b.jpg")) {
      IOException refused =
          org.junit.jupiter.api.Assertions.assertThrows(IOException.class, () -> audit.read(key));
      assertTrue(refused.getMessage().contains("not a path below"), refused.getMessage());
    }
  }

  @Test
  void otherHostsAreRefused() throws IOException {
    for (String host : List.of("evil.example", "evil.example:80", "localhost.evil.example", "")) {
      String answer = raw(server, "GET /api/info HTTP/1.1", "Host: " + host);
      assertTrue(answer.startsWith("HTTP/1.1 403"), host + ": " + answer);
    }
    for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1:9000", "[::1]:80")) {
      String answer = raw(server, "GET /api/info HTTP/1.1", "Host: " + host);
      assertTrue(answer.startsWith("HTTP/1.1 200"), host + ": " + answer);
    }
    assertTrue(
        raw(server, "POST /api/info HTTP/1.1", "Host: localhost").startsWith("HTTP/1.1 405"));
    HttpURLConnection page = connect(server.url());
    assertEquals(200, page.getResponseCode());
    String policy = page.getHeaderField("Content-Security-Policy");
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertFalse(policy.contains("unsafe") || policy.contains("http"), policy);
  }

  @Test
  void otherMachinesNeedTheToken() throws IOException {
    try (ViewServer open = serve(Optional.of("127.0.0.1"), out)) {
      URI url = URI.create(open.url());
      assertTrue(url.getPath().length() > 30, open.url());
      assertEquals(200, connect(open.url() + "api/info").getResponseCode());
      String wrong = url.getPath().replaceFirst(".{4}/$", "AAAA/");
      for (String path : List.of("/", "/api/info", "//api/info", wrong + "api/info")) {
        String answer = raw(open, "GET " + path + " HTTP/1.1", "Host: localhost");
        assertTrue(answer.startsWith("HTTP/1.1 403"), path + ": " + answer);
      }
    }
    assertEquals("/", URI.create(server.url()).getPath());
  }

  @Test
  void filtersAreNoSql() throws IOException {
    for (String query :
        List.of(
            "f.CC=1%20OR%201=1",
            "f.CC=..",
            "f.CC=NaN",
            "f.class=1;DROP%20VIEW%20rows0",
            "f.nothing=1",
            "f.key%22%20OR%20%22=1",
            "sort=CC;DROP%20VIEW%20rows0",
            "sort=nothing",
            "sort=CC&order=asc;DROP",
            "offset=-1",
            "limit=100000",
            "run=7",
            "other=1&measure=CC%22",
            "other=1&measure=key")) {
      assertEquals(400, connect(server.url() + "api/rows?" + query).getResponseCode(), query);
    }
    String malformed =
        raw(server, "GET /api/rows?f.key=%25ZZ&f.key=a%2 HTTP/1.1", "Host: localhost");
    assertTrue(malformed.startsWith("HTTP/1.1 400"), malformed);
    JsonNode none = get("api/count?f.model=" + encoded("x' OR '1'='1"));
    assertEquals(0, none.get("rows").asInt());
    assertEquals(0, get("api/count?f.key=" + encoded("%' OR 1=1 --")).get("rows").asInt());
    assertEquals(88, get("api/count").get("rows").asInt());
    assertEquals(
        400, connect(server.url() + "api/image?key=" + encoded("' OR 1=1")).getResponseCode());
  }

  @Test
  void tooManyValuesAreRefused() throws IOException {
    String many = "f.CC=0.5..&".repeat(1001);
    assertEquals(400, connect(server.url() + "api/count?" + many).getResponseCode());
  }

  @Test
  void halfRequestsDoNotBlockOthers() throws IOException {
    URI url = URI.create(server.url());
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket(url.getHost(), url.getPort());
        slow.add(socket);
        socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      HttpURLConnection other = connect(server.url() + "api/info");
      other.setReadTimeout(5000);
      assertEquals(200, other.getResponseCode());
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** Keys have their own order; precisions have the order of the run. */
  @Test
  void rowsAreSortedByEveryColumn() throws IOException {
    for (JsonNode column : get("api/info").get("runs").get(0).get("columns")) {
      String name = column.get("name").asText();
      JsonNode rows = get("api/rows?limit=100&f.reference=f32&sort=" + encoded(name)).get("rows");
      assertEquals(16, rows.size(), name);
    }
    JsonNode keys = get("api/rows?limit=100&f.reference=f32&sort=key&order=desc");
    List<String> shown = new ArrayList<>();
    keys.get("rows").forEach(row -> shown.add(row.get(0).asText()));
    assertEquals(shown.stream().sorted(Comparator.reverseOrder()).toList(), shown);
    // Runs list int8 before int4.
    JsonNode precisions = get("api/rows?limit=1&f.reference=f32&sort=precision");
    int at = 0;
    while (!precisions.get("columns").get(at).asText().equals("precision")) {
      at++;
    }
    assertEquals("int8", precisions.get("rows").get(0).get(at).asText());
  }

  /** The notebook is checked in without outputs; it makes three plots. */
  @Test
  void theNotebookRuns() throws Exception {
    StringBuilder code = new StringBuilder();
    for (JsonNode cell : DocumentedPython.cells()) {
      assertEquals(0, cell.get("outputs").size());
      assertTrue(cell.get("execution_count").isNull());
      code.append(DocumentedPython.source(cell));
    }
    assumeTrue(
        DocumentedPython.canRun(code.toString(), folder),
        "there is no Python with pandas and matplotlib");
    code.append("assert len(plt.get_fignums()) == 3, plt.get_fignums()\n");
    assertEquals("", DocumentedPython.run(code.toString(), folder));
  }

  @Test
  void theDocumentedPythonRuns() throws Exception {
    List<String> blocks = DocumentedPython.blocks();
    assertEquals(3, blocks.size());
    List<String> runnable = new ArrayList<>();
    for (String block : blocks) {
      if (DocumentedPython.canRun(block, folder)) {
        runnable.add(block);
      }
    }
    assumeTrue(!runnable.isEmpty(), "there is no Python with pandas, Polars or DuckDB");
    for (String block : runnable) {
      assertEquals("", DocumentedPython.run(block, folder), block);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static HttpURLConnection connect(String url) throws IOException {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  private static JsonNode get(String path) throws IOException {
    try (InputStream in = connect(server.url() + path).getInputStream()) {
      return JSON.readTree(in);
    }
  }

  /** Sends lines that clients refuse to send. */
  private static String raw(ViewServer to, String... lines) throws IOException {
    URI url = URI.create(to.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
