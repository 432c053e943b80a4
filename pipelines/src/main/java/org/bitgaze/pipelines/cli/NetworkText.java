package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitgaze.model.Model;
import org.bitgaze.transforms.io.LocalFiles;

/**
 * A network as the command line names it: {@code [ID=]NETWORK[@FILE]}, a network of the zoo with
 * its weights, or {@code [ID=]FILE.onnx}.
 *
 * @param text the text as it was given
 * @param id the id, if one was given
 * @param name torchvision's name of the network, or the ONNX file's path
 * @param weights path of the weights, if one was given
 */
record NetworkText(String text, Optional<String> id, String name, Optional<String> weights) {
  private static final String ONNX = ".onnx";
  private static final Pattern FILE = Pattern.compile("(?:([^=]+)=)?([^=]+)");
  private static final Pattern ZOO = Pattern.compile("(?:([^=@]+)=)?([^=@]+)(?:@(.+))?");

  /**
   * Parses a text.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static NetworkText parse(String text) {
    boolean onnx = text.endsWith(ONNX);
    Matcher parts = (onnx ? FILE : ZOO).matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' must be [ID=]NETWORK[@FILE] or [ID=]FILE.onnx");
    }
    return new NetworkText(
        text,
        Optional.ofNullable(parts.group(1)),
        parts.group(2),
        onnx ? Optional.empty() : Optional.ofNullable(parts.group(3)));
  }

  /** {@return whether it is an ONNX file} */
  boolean isOnnx() {
    return name.endsWith(ONNX);
  }

  /**
   * Takes the ONNX file as a model.
   *
   * @throws IllegalArgumentException if the id has forbidden characters
   * @throws IOException if the file does not exist, or the description beside it is invalid
   */
  Model onnx() throws IOException {
    String file = name.substring(name.lastIndexOf('/') + 1);
    String stem = file.substring(0, file.length() - ONNX.length());
    return Model.onnx(id.orElse(stem.replaceAll("[^A-Za-z0-9_.-]", "-")), LocalFiles.onnx(name));
  }

  @Override
  public String toString() {
    return text;
  }
}
