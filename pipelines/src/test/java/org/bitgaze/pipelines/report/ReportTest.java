package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.pipelines.Chromium;
import org.bitgaze.pipelines.cli.Bitgaze;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.torch.runtime.TorchEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;

/** The report of a small job, opened in headless Chromium. */
class ReportTest {
  private static final Set<String> RATES = Set.of("POINTING", "VANISHED", "FLIP", "TOP1");

  @TempDir private static Path folder;
  private static Path out;
  private static ChromeDriver browser;

  @BeforeAll
  static void runJob() {
    assumeTrue(Chromium.isThere(), "there is no Chromium with its driver");
    out = runJob(folder);
  }

  static Path runJob(Path folder) {
    Path out = folder.resolve("out");
    String[] audit = {
      "audit",
      "--input",
      "scenes:12:3",
      "--weights",
      "scenes",
      "--networks",
      "squeezenet1_0,mobilenet_v2",
      "--precisions",
      "int8,int4",
      "--sample",
      "2",
      "--worst",
      "1",
      "--show",
      org.bitgaze.scene.Scene.of(3, 5).key(),
      "--output",
      out.toString()
    };
    assertEquals(0, Bitgaze.run(audit));
    return out;
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  private static ChromeDriver open() throws IOException {
    return open(out);
  }

  private static ChromeDriver open(Path job) throws IOException {
    return openPage(job.resolve("report.html"));
  }

  private static ChromeDriver openPage(Path file) throws IOException {
    if (browser == null) {
      browser = Chromium.start(folder);
    }
    browser.get(file.toUri().toString());
    return browser;
  }

  private static Object script(String javascript, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(javascript, arguments);
  }

  @Test
  void thePageIsWholeAndSilent() throws IOException {
    ChromeDriver page = open();
    assertEquals("true", page.findElement(By.tagName("html")).getDomAttribute("data-ready"));
    assertEquals(List.of(), page.manage().logs().get(LogType.BROWSER).getAll());
    assertEquals(
        0L,
        script(
            "return performance.getEntriesByType('resource')"
                + ".filter(r => !r.name.startsWith('data:')).length"),
        "nothing else is loaded");
    long millis = (Long) script("return Math.round(performance.now())");
    assertTrue(millis < 10_000, "ready after " + millis + " ms");
  }

  /** The page of another job has the same colours, charts and paper. */
  @Test
  void thePageOfLayers() throws IOException {
    Path layers = folder.resolve("layers");
    String[] job = {
      "layers",
      "--input",
      "scenes:4",
      "--weights",
      "scenes",
      "--networks",
      "squeezenet1_0",
      "--precision",
      "int4",
      "--trials",
      "only,all-but",
      "--budget",
      "CC>=0.9",
      "--output",
      layers.toString()
    };
    assertEquals(0, Bitgaze.run(job));
    RunInfo run = RunInfo.read(layers.resolve("run.json"));
    assertEquals(TorchEngine.convolutions(), run.host().get("convolutions"));
    assertEquals(run.host(), RunInfo.read(out.resolve("run.json")).host());
    ChromeDriver page = openPage(layers.resolve("layers.html"));
    assertEquals(List.of(), page.manage().logs().get(LogType.BROWSER).getAll());
    String ran = page.findElement(By.id("run")).getText();
    assertTrue(ran.contains("convolutions " + TorchEngine.convolutions()), ran);
    assertEquals(3, page.findElements(By.cssSelector("#bars svg")).size());
    assertEquals(1, page.findElements(By.cssSelector("#frontiers svg")).size());
    // A click on the legend adds a kind's bars, and another theme leaves them there, in its ink.
    String bars =
        "return document.querySelectorAll('#bars svg')[0].querySelectorAll('path').length";
    long one = (Long) script(bars);
    script(
        "const chart = echarts.getInstanceByDom(document.querySelector('#bars .chart'));"
            + " chart.dispatchAction({ type: 'legendSelect', name: 'all-but' })");
    long two = (Long) script(bars);
    assertTrue(two > one + 20, one + " and " + two);
    String ink = "return document.querySelector('#frontiers svg text').getAttribute('fill')";
    String light = (String) script(ink);
    page.findElement(By.id("theme")).sendKeys("dark");
    assertNotEquals(light, script(ink));
    assertEquals(two, script(bars));
    script("dispatchEvent(new Event('beforeprint'))");
    assertEquals(light, script(ink));
    assertEquals(0L, script("return document.querySelectorAll('details:not([open])').length"));
    script("dispatchEvent(new Event('afterprint'))");
    assertNotEquals(light, script(ink));
    assertEquals(List.of(), page.manage().logs().get(LogType.BROWSER).getAll());
  }

  /** Nothing to compare with f32, and no image at all: still a page without an error. */
  @Test
  void jobsWithLittleInThem() throws IOException {
    Path single = folder.resolve("single");
    String[] f32 = {
      "--weights", "scenes", "--networks", "squeezenet1_0", "--precisions", "f32", "--output"
    };
    List<String> audit = new ArrayList<>(List.of("audit", "--input", "scenes:3"));
    audit.addAll(List.of(f32));
    audit.add(single.toString());
    assertEquals(0, Bitgaze.run(audit.toArray(String[]::new)));
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("a<b>.jpg"), "no image");
    Path nothing = folder.resolve("nothing");
    audit.set(2, broken.toString());
    audit.set(audit.size() - 1, nothing.toString());
    assertEquals(0, Bitgaze.run(audit.toArray(String[]::new)));
    ChromeDriver page = open(single);
    assertEquals(List.of(), page.manage().logs().get(LogType.BROWSER).getAll());
    assertFalse(page.findElements(By.cssSelector("#distributions svg")).isEmpty());
    page = open(nothing);
    assertEquals(List.of(), page.manage().logs().get(LogType.BROWSER).getAll());
    String text = page.findElement(By.id("run")).getText();
    assertTrue(text.contains("a<b>.jpg decode not a JPEG, PNG"), text);
  }

  private static boolean isZeroForAllModels(CSVRecord line, List<CSVRecord> lines) {
    return lines.stream()
        .filter(
            l ->
                List.of("precision", "reference", "measure").stream()
                    .allMatch(column -> l.get(column).equals(line.get(column))))
        .allMatch(l -> Double.parseDouble(l.get("mean")) == 0);
  }

  @Test
  void theTableHasTheSummarysNumbers() throws IOException {
    ChromeDriver page = open();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    int compared = 0;
    try (var summary = format.parse(Files.newBufferedReader(out.resolve("summary.csv")))) {
      List<CSVRecord> lines = summary.getRecords();
      for (CSVRecord line : lines) {
        if (line.get("measure").equals("VANISHED")
            && (isZeroForAllModels(line, lines) || !line.get("reference").equals("f32"))) {
          // Only shown where some map vanished, and once.
          continue;
        }
        WebElement cell =
            page.findElement(
                By.cssSelector(
                    String.format(
                        "td[data-model='%s'][data-precision='%s'][data-reference='%s']"
                            + "[data-measure='%s']",
                        line.get("model"),
                        line.get("precision"),
                        line.get("reference"),
                        line.get("measure"))));
        String shown = cell.getText();
        boolean rate = RATES.contains(line.get("measure"));
        double mean = Double.parseDouble(line.get("mean"));
        String expected =
            rate
                ? String.format(Locale.ROOT, "%.1f %%", 100 * mean)
                : String.format(
                    Locale.ROOT, "%.3f ± %.3f", mean, Double.parseDouble(line.get("std")));
        assertNear(expected, shown.lines().findFirst().orElseThrow());
        String row = cell.findElement(By.xpath("..")).getText();
        long images = Long.parseLong(line.get("count")) + Long.parseLong(line.get("degenerate"));
        assertTrue(row.contains(" " + images + " "), row);
        compared++;
      }
    }
    // Saliency and centre, masks, f32, the label; and at the coarsest precision some maps vanish.
    assertEquals(2 * (2 * 3 * 3 + 3 * 5 + 2 * 4 + 3 + 1), compared);
  }

  /** Equal but for the last digit, in which two ways of rounding may differ. */
  private static void assertNear(String expected, String shown) {
    String[] a = expected.replace("%", "").split("±");
    String[] b = shown.replace("%", "").split("±");
    assertEquals(a.length, b.length, expected + " shown as " + shown);
    for (int i = 0; i < a.length; i++) {
      assertEquals(
          Double.parseDouble(a[i].strip()),
          Double.parseDouble(b[i].strip()),
          expected.contains("%") ? 0.1001 : 0.0010001,
          expected + " shown as " + shown);
    }
  }

  /** The differences of rows.csv, with Student's t of 11 degrees of freedom: 2.200985. */
  @Test
  void alignmentStandsBesideTheCentres() throws IOException {
    ChromeDriver page = open();
    List<Double> differences = new ArrayList<>();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    try (var rows = format.parse(Files.newBufferedReader(out.resolve("rows.csv")))) {
      double saliency = Double.NaN;
      for (CSVRecord row : rows) {
        if (row.get("model").equals("mobilenet_v2") && row.get("precision").equals("f32")) {
          if (row.get("reference").equals("spectral-residual")) {
            saliency = Double.parseDouble(row.get("CC"));
          } else if (row.get("reference").equals("centre")) {
            differences.add(saliency - Double.parseDouble(row.get("CC")));
          }
        }
      }
    }
    script("document.querySelectorAll('details').forEach(d => d.open = true)");
    assertEquals(12, differences.size());
    double mean = differences.stream().mapToDouble(d -> d).average().orElseThrow();
    double squares = differences.stream().mapToDouble(d -> (d - mean) * (d - mean)).sum();
    double half = 2.200985 * Math.sqrt(squares / 11 / 12);
    String expected =
        String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", mean, mean - half, mean + half);
    String verdict =
        mean - half > 0
            ? "more than the centre"
            : mean + half < 0 ? "less than the centre" : "as well as the centre";
    List<WebElement> lines = page.findElements(By.cssSelector("#alignment tbody tr"));
    assertEquals(2 * 3, lines.size());
    String shown = lines.get(3).getText();
    assertTrue(shown.startsWith("MobileNetV2 f32 spectral-residual"), shown);
    assertTrue(shown.contains(expected), shown + " without " + expected);
    assertTrue(shown.contains(verdict), shown);
  }

  @Test
  void switchesWork() throws IOException {
    ChromeDriver page = open();
    WebElement cell =
        page.findElement(By.cssSelector("td[data-reference='f32'][data-measure='CC'] .value"));
    assertTrue(cell.getText().contains("±"), cell.getText());
    WebElement std = page.findElement(By.cssSelector("input[name=spread][value=std]"));
    std.sendKeys(Keys.ARROW_RIGHT);
    assertTrue(cell.getText().contains("["), "by keyboard: " + cell.getText());
    page.findElement(By.cssSelector("input[name=spread][value=quartiles]")).click();
    assertEquals(3, cell.getText().split("\\|").length, cell.getText());

    String background = "return getComputedStyle(document.body).backgroundColor";
    String before = (String) script(background);
    page.findElement(By.id("theme")).sendKeys("dark");
    assertNotEquals(before, script(background));

    String label =
        "return document.querySelector('#distributions text:last-of-type') && "
            + "document.querySelector('#distributions').textContent";
    String first = (String) script(label);
    page.findElement(By.cssSelector("input[name=measure][value=KLD]")).click();
    assertNotEquals(first, script(label));
    page.findElement(By.cssSelector("input[name=reference][value=mask]")).click();
    assertEquals(2, page.findElements(By.cssSelector("#distributions svg")).size());
    String choice =
        "echarts.getInstanceByDom(document.querySelector('#distributions .chart'))"
            + ".%s({ type: 'legendUnSelect', name: 'int4' })";
    script(choice.formatted("dispatchAction"));
    page.findElement(By.cssSelector("input[name=measure][value=CC]")).click();
    assertEquals(
        false, script("return " + choice.formatted("getOption") + ".legend[0].selected.int4"));

    script(
        "const a = document.getElementById('alpha'); a.value = 10;"
            + " a.dispatchEvent(new Event('input'))");
    assertEquals(
        "0.1",
        script("return getComputedStyle(document.querySelector('.map'), '::after').opacity"));
  }

  @Test
  void imagesLoadAndAreDescribed() throws Exception {
    ChromeDriver page = open();
    assertEquals(
        0L,
        script("return [...document.querySelectorAll('.map')].filter(m => !m.ariaLabel).length"));
    // Every picture that a map names is in the page, and is one.
    assertEquals(
        List.of(),
        ((JavascriptExecutor) page)
            .executeAsyncScript(
                "const done = arguments[0];"
                    + "const style = getComputedStyle(document.documentElement);"
                    + "const names = new Set([...document.querySelectorAll('.map')].flatMap(m =>"
                    + " [...m.getAttribute('style').matchAll(/var\\((--p\\d+)\\)/g)]"
                    + ".map(v => v[1])));"
                    + "Promise.all([...names].map(n => new Promise(ok => {"
                    + " const uri = style.getPropertyValue(n).replace(/^\\s*url\\(\"?|\"?\\)\\s*$/g, '');"
                    + " const image = new Image();"
                    + " image.onload = () => ok(image.naturalWidth ? null : n);"
                    + " image.onerror = () => ok(n); image.src = uri; })))"
                    + ".then(all => done(all.filter(n => n)));"));
    script("document.querySelectorAll('details').forEach(d => d.open = true)");
    List<WebElement> grids = page.findElements(By.tagName("article"));
    assertTrue(grids.size() >= 5 && grids.size() <= 12, grids.size() + " grids");
    assertTrue(grids.get(0).getText().startsWith(org.bitgaze.scene.Scene.of(3, 5).key()));
    for (WebElement grid : grids) {
      // The photograph, saliency, mask, and two networks at three precisions.
      assertEquals(9, grid.findElements(By.className("map")).size());
    }
    for (String plot : List.of("distributions", "drifts", "sensitivity", "flips")) {
      assertFalse(page.findElements(By.cssSelector("#" + plot + " svg")).isEmpty(), plot);
    }
  }

  /** The answer, and the images to look at, before anything has to be scrolled. */
  @Test
  void theAnswerComesFirst() throws IOException {
    ChromeDriver page = open();
    List<WebElement> verdicts = page.findElements(By.className("verdict"));
    assertEquals(2 * 2, verdicts.size());
    for (WebElement verdict : verdicts) {
      assertTrue(verdict.getRect().getY() + verdict.getRect().getHeight() < 900);
      assertEquals(2, verdict.findElements(By.cssSelector(".worst li .map")).size());
    }
    String int8 = verdicts.get(0).getText();
    assertTrue(int8.contains("int8 looks where f32 looks"), int8);
    assertTrue(int8.contains("wanted: CC>=0.98 in 95%, FLIP<=0.05"), int8);
    String int4 = verdicts.get(1).getText();
    assertTrue(int4.contains("int4 does not look where f32 looks"), int4);
    assertEquals(2, page.findElements(By.cssSelector("#drift svg")).size());
    // These networks know scenes, and the published ones know ImageNet.
    assertEquals(0, page.findElements(By.id("published")).size());
  }

  /** The largest correlation of int8's rows, and the smallest, are those that are shown. */
  @Test
  void theGalleryShowsTheEndsOfTheDistribution() throws IOException {
    ChromeDriver page = open();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    java.util.TreeMap<Double, String> keys = new java.util.TreeMap<>();
    try (var rows = format.parse(Files.newBufferedReader(out.resolve("rows.csv")))) {
      for (CSVRecord row : rows) {
        if (row.get("model").equals("squeezenet1_0")
            && row.get("precision").equals("int8")
            && row.get("reference").equals("f32")) {
          keys.put(Double.parseDouble(row.get("CC")), row.get("key"));
        }
      }
    }
    List<WebElement> figures = page.findElements(By.cssSelector("figure"));
    // Two models at two precisions, largest, median and smallest drift of each.
    assertEquals(2 * 2 * 3, figures.size());
    assertEquals(
        "largest drift: " + keys.firstEntry().getValue(),
        figures.get(0).findElement(By.tagName("figcaption")).getText());
    assertEquals(
        "smallest drift: " + keys.lastEntry().getValue(),
        figures.get(2).findElement(By.tagName("figcaption")).getText());
    assertEquals(3, figures.get(0).findElements(By.className("map")).size());
  }

  @Test
  void axeFindsNoSeriousIssue() throws IOException {
    ChromeDriver page = open();
    for (String theme : List.of("light", "dark")) {
      script("document.documentElement.setAttribute('data-theme', arguments[0])", theme);
      script("document.querySelectorAll('details').forEach(d => d.open = true)");
      List<String> serious =
          new AxeBuilder()
              .analyze(page).getViolations().stream()
                  .filter(v -> Set.of("serious", "critical").contains(v.getImpact()))
                  .map(v -> theme + ": " + v.getId() + ": " + v.getNodes())
                  .toList();
      assertEquals(List.of(), serious);
    }
  }

  /** Every control and every part that scrolls can be reached, and every label names something. */
  @Test
  void thePageIsAccessible() throws IOException {
    open();
    assertEquals(
        List.of(),
        script(
            "return [...document.querySelectorAll('input, select')]"
                + ".filter(e => !e.labels || e.labels.length === 0).map(e => e.outerHTML)"));
    assertEquals(
        List.of(),
        script(
            "return [...document.querySelectorAll('nav a')]"
                + ".filter(a => !document.querySelector(a.getAttribute('href'))).map(a => a.href)"));
    assertEquals(
        List.of(),
        script(
            "return [...document.querySelectorAll('table thead th')]"
                + ".filter(th => th.scope !== 'col').map(th => th.outerHTML)"));
    for (String theme : List.of("light", "dark")) {
      script("document.documentElement.setAttribute('data-theme', arguments[0])", theme);
      for (String colour : List.of("--ink", "--quiet", "--accent", "--warn")) {
        for (String ground : List.of("--page", "--shade")) {
          double contrast = contrast(colour(colour), colour(ground));
          assertTrue(contrast >= 4.5, theme + " " + colour + " on " + ground + ": " + contrast);
        }
      }
    }
  }

  private static int colour(String variable) {
    String hex =
        (String)
            script(
                "return getComputedStyle(document.documentElement).getPropertyValue(arguments[0])",
                variable);
    return Integer.parseInt(hex.strip().substring(1), 16);
  }

  /** WCAG 2.1's contrast ratio. */
  private static double contrast(int a, int b) {
    double x = luminance(a);
    double y = luminance(b);
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }

  private static double luminance(int rgb) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      double s = (rgb >> 16 - 8 * c & 0xff) / 255.0;
      sum += weights[c] * (s <= 0.03928 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
