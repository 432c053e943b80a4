package org.bitgaze.pipelines.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The Python code of the documentation, and a Python to run it with. */
final class DocumentedPython {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Pattern BLOCK = Pattern.compile("```python\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern IMPORT =
      Pattern.compile("^(?:import|from) (\\w+)", Pattern.MULTILINE);

  private DocumentedPython() {}

  /** {@return the code of results.md, block by block} */
  static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(Files.readString(DOCS.resolve("results.md")));
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  /** {@return the notebook's cells of code} */
  static List<JsonNode> cells() throws IOException {
    List<JsonNode> cells = new ArrayList<>();
    new ObjectMapper()
        .readTree(DOCS.resolve("results.ipynb").toFile())
        .get("cells")
        .forEach(cells::add);
    return cells.stream().filter(c -> c.get("cell_type").asText().equals("code")).toList();
  }

  /** {@return a cell's source} */
  static String source(JsonNode cell) {
    StringBuilder source = new StringBuilder();
    cell.get("source").forEach(line -> source.append(line.asText()));
    return source.append('\n').toString();
  }

  /** {@return whether there is a Python with all modules that the code imports} */
  static boolean canRun(String code, Path folder) throws IOException, InterruptedException {
    String imports =
        IMPORT
            .matcher(code)
            .results()
            .map(m -> "import " + m.group(1))
            .collect(Collectors.joining("\n"));
    // pandas reads Parquet with another package.
    String parquet = code.contains("pd.read_parquet") ? "\nimport pyarrow" : "";
    try {
      return run(imports + parquet, folder).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Runs code.
   *
   * @param folder where it runs; the results are in {@code out}
   * @return nothing if it succeeded, else what it printed
   * @throws IOException if there is no Python
   */
  static String run(String code, Path folder) throws IOException, InterruptedException {
    String named = System.getenv("BITGAZE_PYTHON");
    Path printed = Files.createTempFile(folder, "python", ".txt");
    ProcessBuilder python = new ProcessBuilder(named == null ? "python3" : named, "-c", code);
    python.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(printed.toFile());
    python.environment().put("MPLBACKEND", "Agg");
    python.environment().put("BITGAZE_RESULTS", "out");
    return python.start().waitFor() == 0 ? "" : Files.readString(printed);
  }
}
