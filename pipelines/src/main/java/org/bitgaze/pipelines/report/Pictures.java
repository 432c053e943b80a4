package org.bitgaze.pipelines.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** The page's pictures: each is in the page once, even if it is shown several times. */
public final class Pictures {
  private final Map<String, String> names = new LinkedHashMap<>();

  /** Keeps a picture, given as a data URI, and returns the name of its CSS variable. */
  String add(String uri) {
    return names.computeIfAbsent(uri, u -> "--p" + names.size());
  }

  /** {@return all pictures: data URI to CSS variable} */
  public Map<String, String> all() {
    return names;
  }
}
