package org.bitgaze.pipelines.job;

/**
 * How an audit is divided into parts.
 *
 * @param size number of images in a part, about, at least 1
 * @param resume whether an audit in the output folder is continued
 * @param mergeRows whether {@code rows.csv} and {@code rows.parquet} are written however many rows
 *     there are
 */
public record PartsOptions(int size, boolean resume, boolean mergeRows) {
  /** The default size of a part. */
  public static final int SIZE = 20_000;

  /** A new audit in one part, for commands that cannot resume. */
  public static final PartsOptions ONE_PART = new PartsOptions(Integer.MAX_VALUE, false, false);

  /** Up to this number of rows, one sorted table is written besides the dataset. */
  static final long SMALL = 2_000_000;
}
