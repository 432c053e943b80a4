package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.beam.sdk.transforms.Watch.Growth;
import org.bitgaze.scene.Scene;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonitorTest {
  @TempDir Path folder;

  private Path pictures(int count) throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int i = 0; i < count; i++) {
      ImageIO.write(
          Scene.of(3, i).picture().toBufferedImage(),
          "png",
          pictures.resolve("p" + i + ".png").toFile());
    }
    return pictures;
  }

  @Test
  void resultsGoToH2() throws Exception {
    resultsGoTo(
        "org.h2.Driver",
        "jdbc:h2:mem:audits;DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=false;"
            + "CASE_INSENSITIVE_IDENTIFIERS=true;NON_KEYWORDS=KEY");
  }

  @Test
  void resultsGoToPostgresql() throws Exception {
    assumeTrue(PostgresServer.isInstalled(), "PostgreSQL's initdb and pg_ctl are not on the path");
    try (PostgresServer server = PostgresServer.start()) {
      resultsGoTo("org.postgresql.Driver", server.url());
    }
  }

  private void resultsGoTo(String driver, String url) throws Exception {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE answers (key VARCHAR, model VARCHAR, precision VARCHAR, reference VARCHAR,"
              + " predictedClass INT, probability DOUBLE PRECISION)");
      statement.execute(
          "CREATE TABLE summary (model VARCHAR, precision VARCHAR, reference VARCHAR,"
              + " measure VARCHAR, count BIGINT, mean DOUBLE PRECISION)");
      AuditToDatabase.main(new String[] {pictures(3).toString(), driver, url});
      try (var rows =
          statement.executeQuery(
              "SELECT count(*), count(DISTINCT model) FROM answers WHERE probability > 0")) {
        rows.next();
        // Three images: f32 and int8 against the centre, and int8 against f32.
        assertEquals(3 * 3, rows.getInt(1));
        assertEquals(1, rows.getInt(2));
      }
      try (var rows =
          statement.executeQuery(
              "SELECT count, mean FROM summary WHERE precision = 'int8'"
                  + " AND reference = 'f32' AND measure = 'CC'")) {
        assertTrue(rows.next());
        assertEquals(3, rows.getInt(1));
        assertTrue(rows.getDouble(2) > 0.5);
      }
    }
  }

  @Test
  void aWatchedFolderHasASummaryPerWindow() throws Exception {
    Path pictures = pictures(3);
    Path summaries = folder.resolve("summaries");
    FolderMonitor.pipeline(
            pictures.toString(),
            summaries.toString(),
            Duration.standardSeconds(5),
            Growth.afterTotalOf(Duration.standardSeconds(3)))
        .run()
        .waitUntilFinish();
    List<String> lines = new ArrayList<>();
    try (var files = Files.newDirectoryStream(summaries, "summary*.csv")) {
      for (Path file : files) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    int images =
        lines.stream()
            .filter(line -> line.contains(",int8,f32,CC,"))
            .mapToInt(line -> Integer.parseInt(line.split(",")[5]))
            .sum();
    assertEquals(3, images, String.join("\n", lines));
  }
}
