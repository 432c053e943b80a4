package org.bitgaze.pipelines.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int8: CC>=0.98 in 95%, flip<=0.05; int4-per-channel: CC>=0.9"
            + "| int8: CC>=0.98 in 95%, FLIP<=0.05; int4-per-channel: CC>=0.9",
        " vgg16/int8 : KLD < 1e-2 in 99.5 % ;| vgg16/int8: KLD<0.01 in 99.5%",
        "*: FLIP <= 5%, POINTING > 80 %| *: FLIP<=0.05, POINTING>0.8",
        "*: CC@fastgaze>=.3, top1>=.7| *: CC@fastgaze>=0.3, TOP1>=0.7",
        "int8: NSS>=-0.5| int8: NSS>=-0.5",
        "int8: KLD<=1e-12| int8: KLD<=0.000000000001",
        "int8: CC>=0.9 in 57%, FLIP<=7%| int8: CC>=0.9 in 57%, FLIP<=0.07",
      })
  void whatIsWrittenIsRead(String said, String written) {
    Gate gate = Gate.parse(said);
    assertEquals(written, gate.toString());
    assertEquals(gate, Gate.parse(gate.toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CC>=0.98| is not a rule",
        "int8: CC| is not a condition",
        "int8: CC=0.9| is not a condition",
        "int8: CC>=x| is not a condition",
        "int8: CC>=0.9 in 0%| above 0 %",
        "int8: CC>=0.9 in 101%| above 0 %",
        "int8: CCC>=0.9| measure",
        "int8: TOP1@f32>=0.9| does not apply to f32",
        "int8: FLIP<=5| is outside the range",
        "int8: CC>=98| is outside the range",
        "int8: FLIP<=-1%| is outside the range",
        "int8: KLD<=1e999 in 5%| is outside the range",
        "int8:| is not a condition",
      })
  void whatIsWrongIsSaid(String said, String reason) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Gate.parse(said));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void whatIsNotThereCannotBeAskedFor() {
    for (String gate :
        List.of(
            "",
            " ; ",
            "f32: CC>=0.9",
            "int4: CC>=1",
            "vgg16/int8: CC>=1",
            "int8: SSIM>=1",
            "int8: CC@nothing>=0.9",
            "int8: CC@fastgaze>=0")) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              Gate.parse(gate)
                  .check(
                      List.of("m"),
                      List.of("f32", "int8"),
                      Set.of(StandardMeasure.CC, StandardMeasure.FLIP),
                      Set.of(Reference.F32)),
          gate);
    }
  }

  /** Ten images: nine correlations 0.91, ..., 0.99, and one map that vanished; two flips. */
  private static RowQueries rows(Path folder) throws IOException, SQLException {
    Path file = folder.resolve("rows.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "COPY (SELECT 'm' AS model, 'int8' AS precision, 'f32' AS reference, 'k' || i AS key,"
              + " CASE WHEN i < 10 THEN (90 + i) / 100.0 END AS CC,"
              + " CASE WHEN i = 10 THEN 1.0 ELSE 0.0 END AS VANISHED, CASE WHEN i = 10 THEN 'VANISHED' ELSE 'OK' END AS map_status, 'OK' AS reference_status,"
              + " CASE WHEN i <= 2 THEN 1.0 ELSE 0.0 END AS FLIP FROM range(1, 11) t(i)) TO '"
              + file
              + "' (FORMAT PARQUET)");
    }
    return new RowQueries(file);
  }

  private static SummaryLine line(String measure, long count, double mean, double half) {
    return new SummaryLine(
        "m",
        "int8",
        "f32",
        measure,
        count,
        mean,
        0.1,
        mean - half,
        mean + half,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        10 - count);
  }

  private static final Summary SUMMARY =
      new Summary(
          Map.of("m", "M"),
          List.of("f32", "int8"),
          "minmax",
          List.of(line("CC", 9, 0.95, 0.02), line("FLIP", 10, 0.2, 0.3)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // A mean says nothing of the map that vanished.
        "CC>=0.9 | false | false | 0.95",
        "CC>=0.98 | false | false | 0.95",
        // Six of ten are 0.94 or more: the one that vanished is none of them.
        "CC>=0.94 in 60% | true | true | 0.6",
        "CC>=0.94 in 61% | false | true | 0.6",
        "CC>=0.94 in 20% | true | false | 0.6",
        "CC<0.92 in 10% | true | true | 0.1",
        "FLIP<=0.2 | true | true | 0.2",
        "FLIP<=19% | false | true | 0.2",
      })
  void runsAreJudged(
      String condition, boolean holds, boolean uncertain, double value, @TempDir Path folder)
      throws Exception {
    try (RowQueries rows = rows(folder)) {
      List<Judgement> all = Gate.parse("int8: " + condition).judge(SUMMARY, rows);
      assertEquals(1, all.size());
      assertEquals(value, all.get(0).value(), 1e-12);
      assertEquals(holds, all.get(0).holds(), all.get(0).line());
      assertEquals(uncertain, all.get(0).isUncertain(), all.get(0).line());
    }
  }

  /** What points well is not the whole, if other maps have vanished. */
  @Test
  void noMeanStandsForMapsThatAreNotThere() {
    Condition pointing = Condition.parse("POINTING>=0.8");
    assertTrue(new Judgement("m", "int8", pointing, 0.9, 0.85, 0.95, 0.9, 40, 0, "").holds());
    assertFalse(new Judgement("m", "int8", pointing, 0.9, 0.85, 0.95, 0.9, 40, 60, "").holds());
  }

  @Test
  void perCentsAreTheNumbersThatWereWritten() {
    assertEquals(29.0 / 1000, Condition.parse("FLIP<=2.9%").threshold());
    assertEquals(999.0 / 1000, Condition.parse("CC>=0.9 in 99.9%").share().getAsDouble());
    assertEquals("FLIP<=0.007", Condition.parse("FLIP<=0.7%").toString());
    assertEquals("int8: CC>=0.9, FLIP<=0.05", Gate.parse("int8: CC>=0.9,\n  FLIP<=5%").toString());
  }

  /**
   * Wilson's interval of 6 of 10: 0.3127 to 0.8318 (Brown, Cai and DasGupta 2001, section 3.1.1).
   */
  @Test
  void partsOfTheImagesHaveIntervals(@TempDir Path folder) throws Exception {
    try (RowQueries rows = rows(folder)) {
      Judgement j = Gate.parse("*: CC>=0.94 in 50%").judge(SUMMARY, rows).get(0);
      double z = 1.959964;
      double centre = (6 + z * z / 2) / (10 + z * z);
      double half = z / (10 + z * z) * Math.sqrt(6 * 4 / 10.0 + z * z / 4);
      assertEquals(centre - half, j.low(), 1e-6);
      assertEquals(centre + half, j.high(), 1e-6);
      assertEquals(
          "passed m int8: CC 0.950 (1 maps vanished), 60.0 % of images >= 0.94 [31.3 %, 83.2 %], 10 images; wanted"
              + " CC>=0.94 in 50%; 1 images have no value (map VANISHED, f32 OK)",
          j.line());
    }
  }

  @Test
  void ciServersReadIt(@TempDir Path folder) throws Exception {
    try (RowQueries rows = rows(folder)) {
      Path file = folder.resolve("gate.xml");
      JUnitXml.write(
          Map.of("run", Gate.parse("*: CC>=0.9 in 1%, FLIP<=0.1").judge(SUMMARY, rows)), file);
      var document =
          javax.xml.parsers.DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile());
      assertEquals(
          "1",
          ((org.w3c.dom.Element) document.getElementsByTagName("testsuite").item(0))
              .getAttribute("failures"));
      assertEquals(2, document.getElementsByTagName("testcase").getLength());
      assertTrue(Files.readString(file).contains("FAILED m int8: 20.0 % of answers change"));
    }
  }
}
