package org.bitgaze.onnx.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.bitgaze.weights.GitLfsPointer;

/** Recognizes what is often found where a model, or the data of its tensors, is expected. */
final class Lookalike {
  private static final int FIRST_BYTES = 256;

  private Lookalike() {}

  /** Describes a file that is something else, and what to do. */
  static Optional<String> of(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(FIRST_BYTES);
    }
    if (GitLfsPointer.isPointer(start)) {
      return Optional.of(GitLfsPointer.PROBLEM);
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    String begin = text.stripLeading().toLowerCase(Locale.ROOT);
    if (begin.startsWith("<!doctype html")
        || begin.startsWith("<html")
        || begin.startsWith("<?xml")) {
      return Optional.of("is a web page: download the file itself");
    }
    if (text.startsWith("PK\3\4")) {
      return Optional.of(
          "is a zip archive, such as a PyTorch checkpoint: export it with torch.onnx");
    }
    if (begin.startsWith("{") || begin.startsWith("[")) {
      return Optional.of("is a JSON text");
    }
    return Optional.empty();
  }
}
