package org.bitgaze.transforms.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupFactory;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;
import org.bitgaze.measure.Measure;
import org.bitgaze.transforms.values.Comparison;

/** The columns of rows. */
final class RowFormat implements RecordFormat<Comparison> {
  private static final long serialVersionUID = 1L;
  private final List<Measure> measures;

  /** Takes the measures that have a column, in their order. */
  RowFormat(Collection<Measure> measures) {
    this.measures = new ArrayList<>(measures);
  }

  @Override
  public MessageType schema() {
    Types.MessageTypeBuilder columns = Types.buildMessage();
    for (String name : List.of("key", "model", "precision", "reference")) {
      columns.required(BINARY).as(stringType()).named(name);
    }
    columns.required(INT32).named("predicted_class");
    columns.required(DOUBLE).named("probability");
    columns.required(INT32).named("explained_class");
    columns.optional(INT32).named("label");
    measures.forEach(measure -> columns.optional(DOUBLE).named(measure.id()));
    columns.required(BINARY).as(stringType()).named("map_status");
    columns.required(BINARY).as(stringType()).named("reference_status");
    return columns.named("rows");
  }

  @Override
  public Map<String, String> meanings() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("key", "the image's path below the input's root");
    columns.put("model", "the model's id");
    columns.put("precision", "precision of the compared map");
    columns.put("reference", "what the map or the answer is compared with");
    columns.put("predicted_class", "class index");
    columns.put("probability", "softmax of the predicted class, 0 to 1");
    columns.put("explained_class", "class index");
    columns.put("label", "class index; null without a label");
    measures.forEach(measure -> columns.put(measure.id(), meaning(measure)));
    columns.put("map_status", "OK, or why the map has no values");
    columns.put("reference_status", "OK, or why the reference has no values");
    return columns;
  }

  private static String meaning(Measure measure) {
    String range = measure.isShare() ? "0 or 1" : measure.isBounded() ? "at most 1" : "a number";
    String direction = measure.better() == Measure.Better.LARGER ? "larger" : "smaller";
    return "%s; %s without unit, %s is more agreement"
        .formatted(measure.description(), range, direction);
  }

  @Override
  public List<Group> records(Comparison row, GroupFactory empty) {
    Group record = empty.newGroup();
    record.append("key", row.getKey());
    record.append("model", row.getModel());
    record.append("precision", row.getPrecision());
    record.append("reference", row.getReference());
    record.append("predicted_class", row.getPredictedClass());
    record.append("probability", row.getProbability());
    record.append("explained_class", row.getExplainedClass());
    if (row.getLabel() != null) {
      record.append("label", (int) row.getLabel());
    }
    for (Measure measure : measures) {
      Double value = row.getMeasures().get(measure.id());
      if (value != null) {
        record.append(measure.id(), (double) value);
      }
    }
    record.append("map_status", row.getMapStatus().name());
    record.append("reference_status", row.getReferenceStatus().name());
    return List.of(record);
  }
}
