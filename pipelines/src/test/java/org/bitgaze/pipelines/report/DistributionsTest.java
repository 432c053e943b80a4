package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DistributionsTest {
  /** DuckDB's quantiles, to the bit, of one, two, and odd and even numbers of values. */
  @Test
  void quantilesAreThoseOfDuckDb() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (int n : new int[] {1, 2, 3, 40, 41, 97, 1000}) {
        double[] values = new Random(n).doubles(n, -1, 1).sorted().toArray();
        double[] found = Distributions.quantiles(values);
        String list =
            Arrays.stream(values)
                .mapToObj(v -> "'" + v + "'::DOUBLE")
                .collect(Collectors.joining(", ", "[", "]"));
        for (int i = 0; i < found.length; i++) {
          try (ResultSet row =
              statement.executeQuery(
                  "SELECT quantile_cont(v, %s) FROM (SELECT unnest(%s) AS v)"
                      .formatted(i / 40.0, list))) {
            row.next();
            assertEquals(row.getDouble(1), found[i], "n = " + n + ", level " + i);
          }
        }
      }
    }
  }
}
