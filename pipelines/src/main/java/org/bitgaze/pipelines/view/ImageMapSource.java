package org.bitgaze.pipelines.view;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.pipelines.output.AnswerView;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.RowOrder;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.AnswerPicture;

/**
 * All maps of one image: from {@code maps.parquet} or the dataset {@code maps} if the run has one
 * of them, else computed now, as the audit computed them.
 */
final class ImageMapSource implements AutoCloseable {
  /** Images whose computed maps are kept. */
  private static final int KEPT = 100;

  /** A difference that another processor's rounding cannot explain. */
  private static final double TOLERANCE = 1e-4;

  private final ViewDatabase database;
  private final ViewedRun run;
  private final RepeatedAudit audit;
  private final Optional<String> stored;

  private final Map<String, Computed> computed =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Computed> eldest) {
          return size() > KEPT;
        }
      };

  /** The images that the report shows, with their answers; read when they are first asked for. */
  private Optional<List<ExhibitLine>> exhibits = Optional.empty();

  /** An image that was audited again: its maps, and what exhibits say of it. */
  private record Computed(Map<String, Object> maps, Optional<ExhibitLine> exhibit) {}

  /**
   * Prepares; nothing is computed yet.
   *
   * @param audit computes maps that are not stored
   * @throws IOException if the run's folder cannot be read
   */
  ImageMapSource(ViewDatabase database, ViewedRun run, RepeatedAudit audit) throws IOException {
    this.database = database;
    this.run = run;
    this.audit = audit;
    this.stored = stored(run.run().folder());
  }

  /** {@return whether the run has all maps, in a file or as a dataset} */
  boolean isStored() {
    return stored.isPresent();
  }

  /** Prepares to compute maps, in the background, if they are not stored. */
  void prepare() {
    if (!isStored()) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  audit.prepare();
                } catch (IOException | RuntimeException | LinkageError e) {
                  // The first image that is opened reports it.
                }
              },
              "prepare-maps");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** What DuckDB reads all maps of a run from; empty if the run has no maps. */
  private static Optional<String> stored(Path folder) throws IOException {
    Path file = folder.resolve("maps.parquet");
    if (Files.isRegularFile(file)) {
      return Optional.of(file.toString());
    }
    Path dataset = folder.resolve(Tables.MAPS);
    if (!Files.isDirectory(dataset)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(dataset, "part-*.parquet")) {
      return parts.iterator().hasNext()
          ? Optional.of(dataset + "/part-*.parquet")
          : Optional.empty();
    }
  }

  /** {@return reads the pictures of the run} */
  RepeatedAudit audit() {
    return audit;
  }

  /**
   * Returns an image's maps.
   *
   * @param key a key of the run's rows
   * @return {@code source}: {@code stored} or {@code computed}; {@code notes}: warnings; {@code
   *     maps}: each with kind, model, precision, framing, size, values and picture
   * @throws IOException if the maps are not stored and cannot be computed; the message says why
   */
  Map<String, Object> maps(String key) throws IOException {
    if (stored.isPresent()) {
      return Map.of("source", "stored", "notes", List.of(), "maps", read(stored.get(), key));
    }
    return computed(key).maps();
  }

  /**
   * Returns an image's answers, of tasks that are not classification.
   *
   * @param key a key of the run's rows
   * @return for each model and precision: model, precision, words, boxes (left, top, right and
   *     bottom as fractions of the input, and a colour) and outline, a picture of the class map, or
   *     null; empty for classifiers
   * @throws IOException if they are not stored and cannot be computed
   */
  List<Map<String, Object>> answers(String key) throws IOException {
    List<ExhibitLine> known = exhibits();
    if (isClassification(known)) {
      return List.of();
    }
    Optional<ExhibitLine> own = known.stream().filter(e -> e.key().equals(key)).findFirst();
    Optional<ExhibitLine> found = own.isPresent() ? own : computed(key).exhibit();
    List<Map<String, Object>> answers = new ArrayList<>();
    for (ExhibitLine.Cam cam : found.map(ExhibitLine::cams).orElse(List.of())) {
      if (cam.answer() != null) {
        answers.add(answer(cam, cam.answer()));
      }
    }
    return answers;
  }

  /** An audit has one task. Exhibits tell it; without them, its measures of answers do. */
  private boolean isClassification(List<ExhibitLine> known) {
    if (known.isEmpty()) {
      return MeasureCatalog.all(measure -> measure.domain() == Measure.Domain.TASK).stream()
          .noneMatch(measure -> run.run().info().measures().contains(measure.id()));
    }
    return known.stream().allMatch(e -> e.cams().stream().allMatch(c -> c.answer() == null));
  }

  private Map<String, Object> answer(ExhibitLine.Cam cam, AnswerView answer) {
    List<List<Object>> boxes = new ArrayList<>();
    for (int i = 0; i < answer.boxes().size(); i++) {
      double[] b = answer.boxes().get(i);
      String colour = AnswerPicture.colourOf(answer.found().get(i).index());
      boxes.add(List.of(b[0], b[1], b[2], b[3], colour));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", cam.model());
    values.put("precision", cam.precision());
    values.put("words", AnswerPicture.words(answer, this::className));
    values.put("boxes", boxes);
    values.put("outline", answer.classes() == null ? null : AnswerPicture.of(answer).orElseThrow());
    return values;
  }

  private String className(int index) {
    List<String> names = run.run().info().classNames();
    return index < names.size() ? names.get(index) : "class " + index;
  }

  private synchronized List<ExhibitLine> exhibits() throws IOException {
    if (exhibits.isEmpty()) {
      Path file = run.run().folder().resolve("exhibits.jsonl");
      exhibits = Optional.of(Files.isRegularFile(file) ? Findings.exhibits(file) : List.of());
    }
    return exhibits.get();
  }

  private synchronized Computed computed(String key) throws IOException {
    Computed known = computed.get(key);
    if (known == null) {
      known = compute(key);
      computed.put(key, known);
    }
    return known;
  }

  private Computed compute(String key) throws IOException {
    Path work = Files.createTempDirectory("bitgaze-view");
    try {
      Path shards = audit.explain(key, work);
      RunInfo info = run.run().info();
      Tables.maps(Tables.shards(shards, Tables.MAPS), work.resolve("maps.parquet"));
      RowOrder order =
          new RowOrder(
              info.models().stream().map(RunInfo.ModelInfo::id).toList(),
              info.precisions(),
              info.measures());
      Tables.rows(shards, order, work);
      List<Map<String, Object>> maps = read(work.resolve("maps.parquet").toString(), key);
      Optional<ExhibitLine> exhibit = Findings.read(shards).exhibits().stream().findFirst();
      // A detector that finds nothing has an answer, but no map.
      if (maps.isEmpty() && exhibit.isEmpty()) {
        throw new IOException("the audit of " + key + " made no map; rejects.csv may say why");
      }
      List<String> notes = differences(key, work.resolve("rows.parquet"));
      return new Computed(Map.of("source", "computed", "notes", notes, "maps", maps), exhibit);
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  /** Compares the rows that belong to computed maps with the audit's: images may have changed. */
  private List<String> differences(String key, Path rows) throws IOException {
    boolean drift = run.columns().containsKey("CC");
    String changed = drift ? " OR abs(coalesce(n.CC, -2) - coalesce(o.CC, -2)) > " + TOLERANCE : "";
    String values = drift ? ", n.CC, o.CC" : ", NULL, NULL";
    return database.query(
        """
        SELECT n.model, n.precision%1$s FROM read_parquet(?) n JOIN %2$s o
          USING (key, model, precision, reference)
        WHERE key = ? AND reference = 'f32' AND (n.predicted_class <> o.predicted_class
          OR n.explained_class <> o.explained_class%3$s)
        """
            .formatted(values, run.view(), changed),
        List.of(rows.toString(), key),
        row ->
            "%s at %s differs from the audit (CC %s now, %s then): the image, a file or the processor is another one"
                .formatted(row.getString(1), row.getString(2), row.getObject(3), row.getObject(4)));
  }

  private List<Map<String, Object>> read(String parquet, String key) throws IOException {
    return database.query(
        """
        SELECT kind, model, precision, framing, height, width,
               seen_left, seen_top, seen_width, seen_height, values
        FROM read_parquet(?) WHERE key = ?
        """,
        List.of(parquet, key),
        ImageMapSource::map);
  }

  private static Map<String, Object> map(ResultSet row) throws SQLException {
    Heatmap map = new Heatmap(row.getInt(5), row.getInt(6), floats(row));
    Framing.Region region =
        new Framing.Region(row.getDouble(7), row.getDouble(8), row.getDouble(9), row.getDouble(10));
    MapImage shown = MapImage.of(new MapPart(map, region).resize(MapImage.SIDE, MapImage.SIDE));
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("kind", row.getString(1));
    values.put("model", row.getString(2));
    values.put("precision", row.getString(3));
    values.put("framing", row.getString(4));
    values.put("height", map.height());
    values.put("width", map.width());
    values.put("side", MapImage.SIDE);
    values.put("picture", Base64.getEncoder().encodeToString(shown.values()));
    if (row.getString(1).equals("cam")) {
      values.put("values", map.values());
    }
    return values;
  }

  private static float[] floats(ResultSet row) throws SQLException {
    Object[] boxed = (Object[]) row.getArray(11).getArray();
    float[] floats = new float[boxed.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (Float) boxed[i];
    }
    return floats;
  }

  @Override
  public void close() {
    audit.close();
  }
}
