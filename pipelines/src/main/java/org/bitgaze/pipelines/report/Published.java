package org.bitgaze.pipelines.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The published numbers, for networks trained on ImageNet, over 10,000 of its images.
 *
 * @param title of the paper
 * @param address of the paper
 * @param networks torchvision's names, in the order of the lines' numbers
 * @param also other networks, each with the published network that its numbers are shown with, but
 *     not judged by: the paper says SqueezeNet, and its code runs SqueezeNet 1.1
 * @param lines the numbers
 */
public record Published(
    String title,
    String address,
    List<String> networks,
    Map<String, String> also,
    List<Line> lines) {

  /** The paper's name for saliency of a trained model. */
  static final String SALIENCY = "saliency";

  /**
   * One measure of one pair of maps.
   *
   * @param precision such as {@code int8}
   * @param reference {@code saliency} or {@code f32}
   * @param metric {@code SIM}, {@code CC} or {@code KLD}
   * @param mean per network
   * @param std standard deviation, per network
   */
  public record Line(
      String precision, String reference, String metric, List<Double> mean, List<Double> std) {}

  /** {@return the paper's Table 1} */
  public static Published read() throws IOException {
    try (InputStream in = Published.class.getResourceAsStream("published.json")) {
      return new ObjectMapper().readValue(in, Published.class);
    }
  }

  /** {@return torchvision's names of the networks whose numbers were published} */
  public List<String> known() {
    return Stream.concat(networks.stream(), also.keySet().stream()).toList();
  }

  /**
   * Finds a number.
   *
   * @param network torchvision's name
   * @param reference what maps are compared with
   * @param metric the measure
   * @return the number, if it was published
   */
  public Optional<MeanStd> find(String network, String precision, String reference, String metric) {
    int column = networks.indexOf(also.getOrDefault(network, network));
    return lines.stream()
        .filter(l -> column >= 0 && l.precision().equals(precision))
        .filter(l -> l.reference().equals(reference) && l.metric().equals(metric))
        .map(l -> new MeanStd(l.mean().get(column), l.std().get(column)))
        .findFirst();
  }
}
