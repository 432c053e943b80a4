package org.bitgaze.zoo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.choice.Named;

/**
 * A published file of weights.
 *
 * @param id the network's name
 * @param version the version's name, unique for the network
 * @param folder address of the folder, with a final slash
 * @param fileName name in the folder and in the cache
 * @param sha256 the first digits of the file's SHA-256 in hexadecimal, at least eight
 * @param mebibytes its size in MiB, to a tenth
 * @param description the preprocessing of images
 */
public record PublishedFile(
    String id,
    String version,
    String folder,
    String fileName,
    String sha256,
    double mebibytes,
    String description)
    implements Named {

  /** {@return all known files: torchvision's, then FastGaze} */
  public static List<PublishedFile> all() {
    List<PublishedFile> all = new ArrayList<>();
    Arrays.stream(PublishedWeights.values()).map(PublishedWeights::file).forEach(all::add);
    all.add(FastGaze.PUBLISHED);
    return all;
  }

  /**
   * Finds a network's file.
   *
   * @param network its name, or {@code name:version}; without a version, the default
   * @return the file
   * @throws IllegalArgumentException if there is no such network or version
   */
  public static PublishedFile of(String network) {
    int colon = network.indexOf(':');
    String name = colon < 0 ? network : network.substring(0, colon);
    Map<String, PublishedFile> defaults = new LinkedHashMap<>();
    all().forEach(f -> defaults.putIfAbsent(f.id(), f));
    if (!defaults.containsKey(name)
        && Arrays.stream(Architecture.values()).anyMatch(a -> a.id().equals(name))) {
      throw new IllegalArgumentException(
          name + " has no published weights; --weights scenes has bundled ones");
    }
    PublishedFile usual =
        Named.find(defaults.values().toArray(PublishedFile[]::new), "network", name);
    if (colon < 0) {
      return usual;
    }
    String version = network.substring(colon + 1);
    return all().stream()
        .filter(f -> f.id().equals(name) && f.version().equals(version))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("there is no version " + version + " of " + name));
  }
}
