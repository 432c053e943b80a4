package org.bitgaze.pipelines.cli;

import java.util.Locale;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.train.Evaluation;
import org.bitgaze.zoo.Architecture;

/**
 * Says of trained weights where they come from and how good they are, in Markdown.
 *
 * @param network the network
 * @param command what made them
 * @param seed of the scenes and the initial parameters
 * @param heldOut scenes on which they were evaluated
 * @param seconds the training took
 * @param evaluation the answers on the held-out scenes
 */
record TrainingCard(
    Architecture network,
    String command,
    long seed,
    int heldOut,
    double seconds,
    Evaluation evaluation) {

  String text() {
    StringBuilder s = new StringBuilder();
    s.append("# ").append(network.title()).append(", trained on scenes\n\n");
    s.append("- Data: synthetic scenes of 12 classes, seed ").append(seed);
    s.append(", each seen once; no photograph, nobody's data.\n");
    s.append("- Command: `").append(command).append("`\n");
    s.append(
        String.format(
            Locale.ROOT,
            "- Took %.0f minutes on %d cores; stored as float16.%n",
            seconds / 60,
            Runtime.getRuntime().availableProcessors()));
    s.append(
        String.format(
            Locale.ROOT,
            "- Accuracy on %d held-out scenes (seed %d), with the stored weights: %.1f %%%n%n",
            heldOut,
            seed + 1,
            100 * evaluation.accuracy()));
    s.append("| class | name | scenes | accuracy |\n|---:|---|---:|---:|\n");
    for (SceneClass c : SceneClass.ALL) {
      s.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %d | %.1f %% |%n",
              c.index(),
              c,
              evaluation.count(c.index()),
              100 * evaluation.accuracy(c.index())));
    }
    return s.toString();
  }
}
