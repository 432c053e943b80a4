package org.bitgaze.pipelines.view;

import org.bitgaze.pipelines.output.RowQueries;

/**
 * A column of the table of images.
 *
 * @param name its name in {@code rows.parquet}, or {@link ImageTable#CLASS}
 * @param kind decides how it is filtered and sorted
 */
record Column(String name, Kind kind) {
  /** What a column holds. */
  enum Kind {
    /** The image's key: filtered by a part of it. */
    KEY,
    /** One of few words. */
    WORD,
    /** The index of a class. */
    CLASS,
    /** A number: filtered by a range. */
    NUMBER
  }

  /** {@return the type of the values in SQL, for a column of words} */
  String type() {
    return SharedNames.WORDS.contains(name) ? SharedNames.type(name) : "VARCHAR";
  }

  /** {@return the column's identifier in SQL} */
  String sql() {
    return RowQueries.column(name);
  }
}
