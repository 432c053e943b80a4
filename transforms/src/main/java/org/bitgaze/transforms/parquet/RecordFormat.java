package org.bitgaze.transforms.parquet;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupFactory;
import org.apache.parquet.schema.MessageType;

/**
 * How elements become records.
 *
 * @param <T> the elements' type
 */
interface RecordFormat<T> extends Serializable {
  /** {@return the columns} */
  MessageType schema();

  /** {@return what the columns mean, by name, with unit or range} */
  Map<String, String> meanings();

  /**
   * Makes an element's records.
   *
   * @param element what to write
   * @param empty makes empty records; a column to which nothing is added is null
   * @return the records
   */
  List<Group> records(T element, GroupFactory empty);
}
