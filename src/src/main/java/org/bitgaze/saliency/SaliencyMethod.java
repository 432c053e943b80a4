package org.bitgaze.saliency;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.function.Function;
import org.bitgaze.choice.Named;

/** The ways to get a visual saliency map. */
public enum SaliencyMethod implements Named {
  /** Hou and Zhang 2007, OpenCV's implementation. */
  SPECTRAL_RESIDUAL(
      "spectral-residual",
      "what stands out of the image's spectrum",
      false,
      x -> new SpectralResidual()),
  /** The picture's centre alone, as a control. */
  CENTRE("centre", "the picture's centre alone, as a control", false, x -> new Centre()),
  /** Maps that lie in a folder. */
  MAPS(
      "maps",
      "with :DIR, a folder of grey images named as the photographs",
      true,
      folder -> new PrecomputedMaps(Path.of(folder), "saliency map"));

  private final String id;
  private final String description;
  private final boolean takesArgument;
  private final Function<String, Saliency> factory;

  SaliencyMethod(
      String id, String description, boolean takesArgument, Function<String, Saliency> factory) {
    this.id = id;
    this.description = description;
    this.takesArgument = takesArgument;
    this.factory = factory;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * A method with its argument: what is sent to workers.
   *
   * @param method the method
   * @param argument such as a folder; empty if the method takes none
   */
  public record Choice(SaliencyMethod method, String argument) implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the model, on a worker.
     *
     * @return a new model
     */
    public Saliency create() {
      return method.factory.apply(argument);
    }

    /** Returns what {@link SaliencyMethod#parse} reads. */
    @Override
    public String toString() {
      return argument.isEmpty() ? method.id : method.id + ":" + argument;
    }
  }

  /**
   * Parses a choice.
   *
   * @param text such as {@code spectral-residual} or {@code maps:DIR}
   * @return the method and its argument
   * @throws IllegalArgumentException if there is no such method, or its argument is missing
   */
  public static Choice parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? "" : text.substring(colon + 1);
    SaliencyMethod method = Named.find(values(), "saliency", name);
    if (method.takesArgument == argument.isEmpty()) {
      throw new IllegalArgumentException(
          "saliency '"
              + text
              + "': "
              + name
              + (method.takesArgument ? " needs :DIR" : " takes no argument"));
    }
    return new Choice(method, argument);
  }
}
