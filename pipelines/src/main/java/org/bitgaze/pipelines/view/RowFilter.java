package org.bitgaze.pipelines.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitgaze.pipelines.view.Request.BadRequestException;

/**
 * Conditions on rows, from parameters {@code f.COLUMN=VALUE}. Names of columns are checked against
 * the table; values are arguments of the query and never part of its text.
 *
 * <ul>
 *   <li>{@code f.key=TEXT}: the key contains the text, whatever the case
 *   <li>{@code f.model=A&f.model=B}: one of the words or classes
 *   <li>{@code f.CC=0.2..0.8}, {@code f.CC=..0.5}, {@code f.CC=1}: a range, with both ends, or one
 *       value
 *   <li>{@code f.CC=none}: no value
 * </ul>
 *
 * @param sql a condition with question marks; {@code true} if there is none
 * @param arguments values of the question marks
 */
record RowFilter(String sql, List<Object> arguments) {
  /** Prefix of the parameters. */
  static final String PREFIX = "f.";

  private static final String NONE = "none";

  /** DuckDB takes seconds to plan a query with thousands of conditions. */
  private static final int MAX_VALUES = 1000;

  /**
   * Reads the conditions of a request.
   *
   * @param columns by name
   * @param numbered whether the rows have the number of their image, see {@link SharedNames}
   * @throws BadRequestException if a column is unknown, a value has another form, or there are too
   *     many
   */
  static RowFilter of(Request request, Map<String, Column> columns, boolean numbered) {
    long values =
        request.parameters().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(PREFIX))
            .mapToLong(entry -> entry.getValue().size())
            .sum();
    if (values > MAX_VALUES) {
      throw new BadRequestException("the filters have more than " + MAX_VALUES + " values");
    }
    List<String> conditions = new ArrayList<>();
    List<Object> arguments = new ArrayList<>();
    request
        .parameters()
        .forEach(
            (name, wanted) -> {
              if (name.startsWith(PREFIX)) {
                Column column = column(name.substring(PREFIX.length()), columns);
                conditions.add(condition(column, numbered, wanted, arguments));
              }
            });
    return new RowFilter(
        conditions.isEmpty() ? "true" : String.join(" AND ", conditions), List.copyOf(arguments));
  }

  /**
   * Finds a column.
   *
   * @throws BadRequestException if there is none of this name
   */
  static Column column(String name, Map<String, Column> columns) {
    Column column = columns.get(name);
    if (column == null) {
      throw new BadRequestException("there is no column '" + name + "'");
    }
    return column;
  }

  private static String condition(
      Column column, boolean numbered, List<String> values, List<Object> arguments) {
    return values.stream()
        .map(value -> condition(column, numbered, value, arguments))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }

  private static String condition(
      Column column, boolean numbered, String value, List<Object> arguments) {
    if (value.equals(NONE) && column.kind() != Column.Kind.KEY) {
      return column.sql() + " IS NULL";
    }
    return switch (column.kind()) {
      case KEY -> {
        arguments.add(value);
        String contains = "contains(lower(" + column.sql() + "), lower(CAST(? AS VARCHAR)))";
        // An image has many rows, and one key.
        yield numbered
            ? "%1$s IN (SELECT %1$s FROM %2$s WHERE %3$s)"
                .formatted(SharedNames.IMAGE, SharedNames.IMAGES, contains)
            : contains;
      }
      case WORD -> {
        arguments.add(value);
        yield isWord(column);
      }
      case CLASS -> {
        arguments.add((int) number(column, value));
        yield column.sql() + " = ?";
      }
      case NUMBER -> range(column, value, arguments);
    };
  }

  /** {@return the condition that a column of words has one, the argument, in SQL} */
  static String isWord(Column column) {
    return "%s = TRY_CAST(? AS %s)".formatted(column.sql(), column.type());
  }

  private static String range(Column column, String value, List<Object> arguments) {
    int dots = value.indexOf("..");
    if (dots < 0) {
      arguments.add(number(column, value));
      return column.sql() + " = ?";
    }
    List<String> parts = new ArrayList<>();
    if (dots > 0) {
      arguments.add(number(column, value.substring(0, dots)));
      parts.add(column.sql() + " >= ?");
    }
    if (dots + 2 < value.length()) {
      arguments.add(number(column, value.substring(dots + 2)));
      parts.add(column.sql() + " <= ?");
    }
    if (parts.isEmpty()) {
      throw wrong(column, value);
    }
    return "(" + String.join(" AND ", parts) + ")";
  }

  private static double number(Column column, String text) {
    try {
      double number = Double.parseDouble(text);
      boolean fits = column.kind() != Column.Kind.CLASS || number == (int) number;
      if (Double.isFinite(number) && fits) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw wrong(column, text);
  }

  private static BadRequestException wrong(Column column, String value) {
    return new BadRequestException(
        "the filter of %s must be %s, not '%s'"
            .formatted(
                column.name(),
                column.kind() == Column.Kind.CLASS ? "a class's index" : "a number, or FROM..TO",
                value));
  }
}
