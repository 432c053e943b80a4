package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares a listing of keys with the keys of earlier parts. DuckDB joins the files, and spills to
 * disk what does not fit into memory.
 */
public final class KnownKeys {
  private KnownKeys() {}

  /**
   * Lists the keys that are in some files, but not in others.
   *
   * @param files files of keys, one per line
   * @param others files of keys, one per line
   * @param keys takes each key that is only in the first files
   * @throws IOException if a file cannot be read
   */
  public static void difference(List<Path> files, List<Path> others, Consumer<String> keys)
      throws IOException {
    String sql =
        "SELECT key FROM (%s) ANTI JOIN (%s) USING (key)".formatted(all(files), all(others));
    try (Connection connection = Tables.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        keys.accept(row.getString(1));
      }
    } catch (SQLException e) {
      throw new IOException("the keys of images cannot be compared: " + e.getMessage(), e);
    }
  }

  /** A query for all lines. No key has the character that would separate columns. */
  private static String all(List<Path> files) {
    return """
        SELECT key FROM read_csv(%s, columns = {'key': 'VARCHAR'}, auto_detect = false,
                                 header = false, delim = '\u0001', quote = '', escape = '')
        """
        .formatted(Tables.list(files));
  }
}
