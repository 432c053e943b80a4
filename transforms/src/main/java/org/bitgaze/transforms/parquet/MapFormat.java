package org.bitgaze.transforms.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.FLOAT;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupFactory;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;
import org.bitgaze.image.Framing;
import org.bitgaze.image.MapPart;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.SeenMap;

/**
 * The columns of maps. A saliency map may show the whole image: each record says which part of its
 * map networks see. The centre is left out, because it is the same for all images.
 */
final class MapFormat implements RecordFormat<ComparedImage> {
  private static final long serialVersionUID = 1L;

  @Override
  public MessageType schema() {
    Types.MessageTypeBuilder columns = Types.buildMessage();
    columns.required(BINARY).as(stringType()).named("key");
    columns.required(BINARY).as(stringType()).named("kind");
    columns.optional(BINARY).as(stringType()).named("model");
    columns.optional(BINARY).as(stringType()).named("precision");
    columns.required(BINARY).as(stringType()).named("framing");
    columns.required(INT32).named("height");
    columns.required(INT32).named("width");
    for (String name : List.of("seen_left", "seen_top", "seen_width", "seen_height")) {
      columns.required(DOUBLE).named(name);
    }
    columns.requiredList().requiredElement(FLOAT).named("values");
    return columns.named("maps");
  }

  @Override
  public Map<String, String> meanings() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("key", "the image's path below the input's root");
    columns.put("kind", "cam, or the saliency method");
    columns.put("model", "the model's id; null for saliency");
    columns.put("precision", "such as int8; null for saliency");
    columns.put("framing", "the part of the image that networks see");
    columns.put("height", "of the map, in its own pixels");
    columns.put("width", "of the map, in its own pixels");
    columns.put("seen_left", "where the part that networks see begins, share of the map's width");
    columns.put("seen_top", "where the part that networks see begins, share of the map's height");
    columns.put("seen_width", "width of that part, share of the map's width");
    columns.put("seen_height", "height of that part, share of the map's height");
    columns.put("values", "of the map, row by row, not scaled");
    return columns;
  }

  @Override
  public List<Group> records(ComparedImage image, GroupFactory empty) {
    List<Group> records = new ArrayList<>();
    for (ComparedMap cam : image.cams()) {
      CamMap map = cam.map();
      if (!map.hasMap()) {
        continue;
      }
      Group record = record(empty, image.key(), "cam", map.framing(), MapPart.whole(map.cam()));
      record.append("model", map.model());
      record.append("precision", map.precision());
      records.add(record);
    }
    for (SeenMap map : image.saliency()) {
      if (!map.method().isControl()) {
        records.add(record(empty, image.key(), map.method().id(), map.framing(), map.part()));
      }
    }
    return records;
  }

  private static Group record(
      GroupFactory empty, String key, String kind, Framing framing, MapPart part) {
    Group record = empty.newGroup();
    record.append("key", key);
    record.append("kind", kind);
    record.append("framing", framing.toString());
    record.append("height", part.map().height());
    record.append("width", part.map().width());
    record.append("seen_left", part.region().left());
    record.append("seen_top", part.region().top());
    record.append("seen_width", part.region().width());
    record.append("seen_height", part.region().height());
    Group values = record.addGroup("values");
    for (float value : part.map().values()) {
      values.addGroup("list").append("element", value);
    }
    return record;
  }
}
