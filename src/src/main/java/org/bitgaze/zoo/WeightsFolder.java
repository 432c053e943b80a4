package org.bitgaze.zoo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a network's weights in a folder.
 *
 * @param path the folder
 */
public record WeightsFolder(Path path) {

  /**
   * Looks for {@code <network>.safetensors}, {@code <network>.pth} and the names of torchvision's
   * published files, in this order.
   *
   * @param network torchvision's name of the network
   * @return the first that exists
   */
  public Optional<Path> find(String network) {
    return fileNames(network).stream().flatMap(n -> file(n).stream()).findFirst();
  }

  /**
   * Lists the names that a file with a network's weights may have.
   *
   * @param network torchvision's name of the network
   * @return the names, in the order in which they are searched
   */
  public static List<String> fileNames(String network) {
    Stream<String> own = Stream.of(network + ".safetensors", network + ".pth");
    Stream<String> official =
        PublishedWeights.of(Architecture.of(network)).map(PublishedWeights::fileName);
    return Stream.concat(own, official).toList();
  }

  /**
   * Looks for a file.
   *
   * @param name its name
   * @return its path, if it exists
   */
  public Optional<Path> file(String name) {
    return Optional.of(path.resolve(name)).filter(Files::isRegularFile);
  }

  /**
   * {@return the cache of downloaded weights: {@code weights} below {@code BITGAZE_HOME}, which is
   * {@code ~/.cache/bitgaze} by default}
   */
  public static WeightsFolder cache() {
    String home = System.getProperty("bitgaze.home", System.getenv("BITGAZE_HOME"));
    Path base =
        home == null || home.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache", "bitgaze")
            : Path.of(home);
    return new WeightsFolder(base.resolve("weights"));
  }
}
