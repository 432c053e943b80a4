package org.bitgaze.pipelines.cli;

import java.util.Optional;
import org.bitgaze.choice.Named;
import org.bitgaze.model.Model;
import org.bitgaze.onnx.ClippedLogits;
import picocli.CommandLine.Option;

/** The option that chooses the gradient of clipped logits, which only files of one's own have. */
final class ClippedLogitsOption {
  @Option(
      names = "--clipped-logits",
      paramLabel = "HOW",
      description =
          "the gradient where a quantized file's own output is clipped: pass, or strict, and the map"
              + " vanishes (default: pass)")
  private String clipped;

  /**
   * Checks what was said.
   *
   * @param files whether an ONNX file is named
   * @throws UsageException if something was said, and there is no file that it is about
   * @throws IllegalArgumentException if it is not known
   */
  void check(boolean files) {
    if (said().isPresent() && !files) {
      throw new UsageException("--clipped-logits " + clipped + ": no ONNX file is named");
    }
  }

  /** The model with the gradient that was said. */
  Model applyTo(Model model) {
    return said().map(model::withClippedLogits).orElse(model);
  }

  private Optional<ClippedLogits> said() {
    return Optional.ofNullable(clipped)
        .map(c -> Named.find(ClippedLogits.values(), "--clipped-logits", c));
  }
}
