package org.bitgaze.pipelines.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.NonPrintableStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML file of options: names, each with a value or a list of values. Values are not converted:
 * {@code on}, {@code 3e-3} and {@code 07} remain texts.
 */
final class OptionsFile {
  /** A larger file is not a file of options. */
  private static final long LIMIT = 1 << 20;

  private final Path file;
  private final Iterator<Event> events;

  private OptionsFile(Path file, byte[] bytes) {
    this.file = file;
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    // Only the parser is used: it resolves neither aliases nor tags.
    this.events = new Parse(settings).parseInputStream(new ByteArrayInputStream(bytes)).iterator();
  }

  /**
   * An option of the file.
   *
   * @param values one value, or those of a list
   * @param where file and line, for messages
   */
  record Setting(List<String> values, String where) {
    Setting {
      values = List.copyOf(values);
    }
  }

  /**
   * Reads a file.
   *
   * @param file a file of at most 1 MiB
   * @return the options by name, in the file's order
   * @throws IOException if the file cannot be read, or contains anything but names and values; the
   *     message gives file and line
   */
  static Map<String, Setting> read(Path file) throws IOException {
    try {
      if (Files.size(file) > LIMIT) {
        throw new IOException(file + " is not a file of options: it has more than 1 MiB");
      }
      return new OptionsFile(file, Files.readAllBytes(file)).settings();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (MarkedYamlEngineException e) {
      throw new IOException(where(file, e.getProblemMark()) + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      String reason = ("" + e.getMessage()).lines().findFirst().orElse("");
      throw new IOException(file + " is not YAML: " + reason, e);
    }
  }

  /**
   * Writes a file that {@link #read} reads.
   *
   * @param settings values by name: a text, a number, a boolean, or a list of texts
   * @return YAML
   */
  static String text(Map<String, Object> settings) {
    if (settings.isEmpty()) {
      return "";
    }
    return new Dump(
            DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setNonPrintableStyle(NonPrintableStyle.ESCAPE)
                .setSplitLines(false)
                .build())
        .dumpToString(settings);
  }

  private Map<String, Setting> settings() throws IOException {
    Map<String, Setting> settings = new LinkedHashMap<>();
    next(); // the stream begins
    if (next().getEventId() == Event.ID.StreamEnd) {
      return settings;
    }
    Event event = next();
    if (event.getEventId() != Event.ID.MappingStart) {
      throw wrong(event, "an option has the form 'name: value'");
    }
    for (event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      String where = where(file, event.getStartMark());
      String name = text(event);
      if (settings.put(name, new Setting(values(name), where)) != null) {
        throw new IOException(where + ": '" + name + "' is given twice");
      }
    }
    next(); // the document ends
    event = next();
    if (event.getEventId() != Event.ID.StreamEnd) {
      throw wrong(event, "there must be only one document");
    }
    return settings;
  }

  private List<String> values(String name) throws IOException {
    Event event = next();
    if (event.getEventId() != Event.ID.SequenceStart) {
      if (event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().isEmpty()) {
        throw wrong(event, "'" + name + "' has no value");
      }
      return List.of(text(event));
    }
    List<String> values = new ArrayList<>();
    for (event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      values.add(text(event));
    }
    return values;
  }

  private String text(Event event) throws IOException {
    if (event instanceof ScalarEvent scalar) {
      return scalar.getValue();
    }
    throw wrong(event, "a name must have a value or a list of values");
  }

  private Event next() throws IOException {
    if (!events.hasNext()) {
      throw new IOException(file + " ends unexpectedly");
    }
    return events.next();
  }

  private IOException wrong(Event event, String what) {
    return new IOException(where(file, event.getStartMark()) + ": " + what);
  }

  private static String where(Path file, Optional<Mark> mark) {
    return file + mark.map(m -> ", line " + (m.getLine() + 1)).orElse("");
  }
}
