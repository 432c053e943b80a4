package org.bitgaze.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Recognizes files that are often taken for weights, by their first bytes. */
final class ForeignFile {
  private static final Map<String, String> STARTS = starts();
  private static final int LONGEST = 64;

  private ForeignFile() {}

  /**
   * Says what is wrong with a file that is not of the expected format.
   *
   * @param file the file
   * @param expected the format, with its article
   * @return such as "is not a PyTorch file (an HTML page?)"
   */
  static String problem(OpenFile file, String expected) throws IOException {
    String problem = "is not " + expected;
    if (file.size() == 0) {
      return problem + " (it is empty)";
    }
    String start =
        new String(file.start(LONGEST), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    // A byte order mark and blanks may stand before text.
    String text = start.replaceFirst("^(\u00ef\u00bb\u00bf)?\\s+|^\u00ef\u00bb\u00bf", "");
    return STARTS.entrySet().stream()
        .filter(known -> start.startsWith(known.getKey()) || text.startsWith(known.getKey()))
        .findFirst()
        .map(known -> problem + " (" + known.getValue() + "?)")
        .orElse(problem);
  }

  private static Map<String, String> starts() {
    Map<String, String> starts = new LinkedHashMap<>();
    for (String html : new String[] {"<!doctype html", "<html", "<head"}) {
      starts.put(html, "an HTML page");
    }
    starts.put("<", "an XML file");
    starts.put("{", "a JSON file");
    starts.put("\u0089hdf", "an HDF5 file, as Keras writes them");
    starts.put("\u0093numpy", "a NumPy array");
    starts.put("\u001f\u008b", "a gzip file: decompress it first");
    starts.put("\u00fd7zxz", "an xz file: decompress it first");
    starts.put("(\u00b5/\u00fd", "a zstd file: decompress it first");
    starts.put("bzh", "a bzip2 file: decompress it first");
    starts.put("rar!", "a RAR archive");
    starts.put("gguf", "a GGUF file");
    starts.put("pk\u0003\u0004", "a zip archive");
    starts.put("\u0080", "a Python pickle");
    starts.put("\u0008", "an ONNX model");
    starts.put("entry not found", "a failed download");
    starts.put("not found", "a failed download");
    starts.put("access", "a failed download");
    return starts;
  }
}
