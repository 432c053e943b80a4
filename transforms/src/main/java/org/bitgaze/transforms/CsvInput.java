package org.bitgaze.transforms;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table as spreadsheets and pandas write it: UTF-8, or UTF-16 with a byte order mark; separated
 * by commas, semicolons, tabs or bars; with or without quotes, blanks, an index column, columns
 * without a name at the end, empty lines, comments above the header, and Excel's line {@code
 * sep=;}. Names of columns ignore case.
 */
final class CsvInput implements Iterable<CsvInput.Row>, Closeable {
  private static final String SEPARATORS = ",;\t|";
  private static final int MARK = 0xFEFF;

  /** What the parser says about a quotation mark that is not closed. */
  private static final Pattern OPEN_QUOTE =
      Pattern.compile("\\(startline (\\d+)\\) EOF reached before encapsulated token finished");

  private static final int MAX_HEADER = 1 << 16;

  private final BufferedReader reader;
  private final CSVParser csv;
  private final Iterator<CSVRecord> records;
  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final List<String> header;
  private long linesBefore;

  /**
   * One line.
   *
   * @param line its number in the file, from 1
   * @param values by column
   */
  record Row(long line, Map<String, String> values) {
    String get(String column) {
      return values.get(column);
    }
  }

  /**
   * Opens a table.
   *
   * @param in its bytes
   * @param required names of columns that it must have, once
   * @throws IOException if it cannot be read, or has no such columns
   */
  CsvInput(InputStream in, String... required) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    reader =
        new BufferedReader(
            new InputStreamReader(
                buffered,
                charset(buffered).newDecoder().onMalformedInput(CodingErrorAction.REPORT)),
            MAX_HEADER);
    csv = format(required).parse(reader);
    records = csv.iterator();
    header = records.hasNext() ? records.next().stream().map(CsvInput::name).toList() : List.of();
    for (String column : required) {
      int first = header.indexOf(column);
      if (first < 0) {
        throw new IOException(
            "no column '" + column + "'; found " + header + " in the line that names the columns");
      }
      if (header.lastIndexOf(column) != first) {
        throw new IOException("two columns are called '" + column + "'");
      }
      columns.put(column, first);
    }
  }

  /** {@return why a table cannot be read, in words of its own where the parser's are not plain} */
  static String reason(Throwable error) {
    String message = String.valueOf(error.getMessage());
    Matcher open = OPEN_QUOTE.matcher(message);
    return open.find() ? "the quotation mark in line " + open.group(1) + " is not closed" : message;
  }

  private static String name(String column) {
    return column.strip().toLowerCase(Locale.ROOT);
  }

  private static Charset charset(BufferedInputStream in) throws IOException {
    in.mark(2);
    int start = in.read() << 8 | in.read();
    in.reset();
    boolean wide = start == MARK || start == (MARK >> 8 | (MARK & 0xff) << 8);
    return wide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
  }

  /** Skips what stands above the header, and looks at that. */
  private CSVFormat format(String... required) throws IOException {
    reader.mark(1);
    if (reader.read() != MARK) {
      reader.reset();
    }
    char separator = 0;
    String line;
    do {
      reader.mark(MAX_HEADER);
      line = reader.readLine();
      linesBefore++;
      if (line != null && line.matches("(?i)\"?sep=.\"?")) {
        separator = line.charAt(line.indexOf('=') + 1);
        line = "";
      }
    } while (line != null && (line.isBlank() || line.startsWith("#")));
    linesBefore--;
    if (line != null) {
      reader.reset();
    }
    return CSVFormat.DEFAULT
        .builder()
        .setDelimiter(separator == 0 ? separator(line == null ? "" : line, required) : separator)
        .setTrim(true)
        .setIgnoreSurroundingSpaces(true)
        .build();
  }

  /** The separator under which a line has the most of the columns that are required. */
  private static char separator(String header, String... required) {
    char best = SEPARATORS.charAt(0);
    int most = 0;
    for (char separator : SEPARATORS.toCharArray()) {
      List<String> names =
          Stream.of(header.split("[" + separator + "]"))
              .map(c -> name(c.replace("\"", "")))
              .toList();
      int found = (int) Arrays.stream(required).filter(names::contains).count();
      if (found > most) {
        best = separator;
        most = found;
      }
    }
    return best;
  }

  @Override
  public Iterator<Row> iterator() {
    return StreamSupport.stream(((Iterable<CSVRecord>) () -> records).spliterator(), false)
        .filter(r -> r.stream().anyMatch(v -> !v.isBlank()))
        .map(this::row)
        .iterator();
  }

  private Row row(CSVRecord record) {
    long line = csv.getCurrentLineNumber() + linesBefore;
    List<String> values = new ArrayList<>(record.toList());
    // Separators at the end of lines, of which the header has more or fewer.
    while (values.size() > header.size() && values.get(values.size() - 1).isBlank()) {
      values.remove(values.size() - 1);
    }
    while (values.size() < header.size() && header.get(values.size()).isEmpty()) {
      values.add("");
    }
    if (values.size() != header.size()) {
      throw new IllegalArgumentException(
          "line " + line + ": has " + values.size() + " columns, not " + header.size());
    }
    Map<String, String> row = new LinkedHashMap<>();
    columns.forEach((name, index) -> row.put(name, values.get(index)));
    return new Row(line, row);
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
