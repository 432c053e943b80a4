package org.bitgaze.pipelines.cli;

import java.util.Locale;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.train.Evaluation;
import org.bitgaze.zoo.Architecture;

/**
 * Describes trained weights in Markdown: their origin and their accuracy.
 *
 * @param network the network
 * @param command the command that trained them
 * @param seed seed of the scenes and the initial parameters
 * @param heldOut number of scenes for the evaluation
 * @param seconds duration of the training
 * @param evaluation the predictions on the held-out scenes
 */
record TrainingCard(
    Architecture network,
    String command,
    long seed,
    int heldOut,
    double seconds,
    Evaluation evaluation) {

  /** {@return the card} */
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
