package org.bitgaze.explain;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.RgbImage;

/**
 * Explains images with one network. This is the seam between the Beam graph and an engine: a step
 * knows an explainer, and no program. Any number of threads may use it at once.
 */
public interface Explainer extends AutoCloseable {
  /**
   * One image to explain.
   *
   * @param key the image's key, which chooses its random numbers where a network draws any
   * @param image what the network sees
   * @param explainedClass the class to explain; nothing for the network's own answer
   * @param reference the answer to explain, of a task that is not classification; nothing for the
   *     network's own answer
   * @param size the size of the image before the network's preprocessing, where it is known
   */
  record Input(
      String key,
      RgbImage image,
      OptionalInt explainedClass,
      Optional<Answer> reference,
      Optional<ImageSize> size) {
    /**
     * An image for a classifier.
     *
     * @param key the image's key
     * @param image what the network sees
     * @param explainedClass the class to explain; nothing for the network's own answer
     */
    public Input(String key, RgbImage image, OptionalInt explainedClass) {
      this(key, image, explainedClass, Optional.empty(), Optional.empty());
    }
  }

  /**
   * Explains images in one native call.
   *
   * @param inputs at least one; all images have one size
   * @return for each input, in order, an explanation for each of {@link ExplainerSpec#labels}
   * @throws RuntimeException if the engine refuses the images or a class
   */
  List<List<Explanation>> explain(List<Input> inputs);

  /**
   * Runs the network only: no map, no gradient. The outputs of an input do not depend on the other
   * inputs, nor on their number.
   *
   * @param inputs any number of images as the network sees them after mean and standard deviation,
   *     each float32 (3, height, width), row by row; they are not changed
   * @return the outputs for each input, in order: the numbers that {@link Explanation#logits} holds
   * @throws IllegalArgumentException if an input has another size than the network's
   * @throws UnsupportedOperationException if this explainer only computes maps
   */
  List<float[]> outputs(List<float[]> inputs);

  /** Releases the network. */
  @Override
  void close();
}
