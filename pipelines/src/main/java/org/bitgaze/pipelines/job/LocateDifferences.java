package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.ort.FirstDifference;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.quant.Precision;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.values.CamMap;

/** Finds the first node in which a simulation differs from its deployed file, in this process. */
final class LocateDifferences {
  /** Images that are compared, and those that are tried in case some cannot be read. */
  private static final int IMAGES = 4;

  private static final int TRIED = 16;

  private LocateDifferences() {}

  /**
   * Compares each simulation of an audit with its deployed file.
   *
   * @param input the audit's images
   * @param explanations what the audit explains
   * @param limit the number of steps of quantization that are allowed
   * @return what was found
   * @throws IOException if no image can be read, or a file cannot
   */
  static LocatedDifferences of(AuditInput input, List<ExplainImages> explanations, double limit)
      throws IOException {
    List<RgbImage> pictures = pictures(input);
    Map<String, Map<String, FirstDifference>> all = new TreeMap<>();
    for (ExplainImages explanation : explanations) {
      Map<String, Model> simulations = new TreeMap<>();
      simulations.put(Precision.F32.toString(), explanation.getModel());
      explanation.getCandidates().forEach(c -> simulations.put(c.label(), c.model()));
      Map<String, FirstDifference> found = new TreeMap<>();
      for (Map.Entry<String, Model> simulation : simulations.entrySet()) {
        if (simulations.containsKey(simulation.getKey() + CamMap.DEPLOYED)) {
          Model model = simulation.getValue();
          var preprocessing = model.preprocessing();
          List<RgbImage> crops = pictures.stream().map(preprocessing::apply).toList();
          found.put(simulation.getKey(), FirstDifference.find(model, crops, limit));
        }
      }
      all.put(explanation.getModel().id(), found);
    }
    return new LocatedDifferences(all);
  }

  private static List<RgbImage> pictures(AuditInput input) throws IOException {
    List<RgbImage> pictures = new ArrayList<>();
    IOException failed = null;
    for (String key : input.first(TRIED)) {
      try {
        if (pictures.size() < IMAGES) {
          pictures.add(input.read(key));
        }
      } catch (IOException e) {
        failed = e;
      }
    }
    if (pictures.isEmpty()) {
      throw new IOException("no image can be read", failed);
    }
    return pictures;
  }
}
