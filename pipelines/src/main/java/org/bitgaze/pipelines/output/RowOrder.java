package org.bitgaze.pipelines.output;

import java.util.List;
import org.bitgaze.measure.Reference;

/**
 * The order and the columns of rows.
 *
 * @param models ids of the models, in the order of the rows
 * @param precisions labels of maps, in the order of the rows
 * @param measures ids of all measures that were taken, in the order of the columns
 */
public record RowOrder(List<String> models, List<String> precisions, List<String> measures) {
  /** {@return the order in SQL: by image, model, precision and reference} */
  String sql() {
    return "key, list_position(%s, model), list_position(%s, precision), list_position(%s, reference), reference"
        .formatted(
            Tables.list(models),
            Tables.list(precisions),
            Tables.list(Reference.STANDARD.stream().map(Reference::id).toList()));
  }
}
