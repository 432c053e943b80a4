package org.bitgaze.pipelines.view;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request's parameters.
 *
 * @param parameters name to values, in the order of the URL
 */
record Request(Map<String, List<String>> parameters) {
  /** A request that cannot be answered as it is; the message says why, in one line. */
  static final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRequestException(String message) {
      super(message);
    }
  }

  /**
   * Parses the query of a URL.
   *
   * @param query the raw query, or null
   * @throws BadRequestException if an escape is malformed
   */
  static Request parse(String query) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    try {
      for (String pair : query == null ? new String[0] : query.split("&")) {
        if (!pair.isEmpty()) {
          String[] parts = pair.split("=", 2);
          parameters
              .computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
              .add(parts.length == 1 ? "" : decode(parts[1]));
        }
      }
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("the URL has a malformed escape");
    }
    return new Request(parameters);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** {@return the first value of a parameter} */
  Optional<String> find(String name) {
    return Optional.ofNullable(parameters.get(name)).map(values -> values.get(0));
  }

  /**
   * Returns a parameter that must be there.
   *
   * @throws BadRequestException if it is not
   */
  String get(String name) {
    return find(name)
        .orElseThrow(() -> new BadRequestException("the parameter " + name + " is missing"));
  }

  /**
   * Returns a whole number.
   *
   * @throws BadRequestException if it is not a number from 0 to {@code max}
   */
  long number(String name, long usual, long max) {
    Optional<String> text = find(name);
    if (text.isEmpty()) {
      return usual;
    }
    try {
      long value = Long.parseLong(text.get());
      if (value >= 0 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new BadRequestException(
        "%s must be a number from 0 to %d, not '%s'".formatted(name, max, text.get()));
  }
}
