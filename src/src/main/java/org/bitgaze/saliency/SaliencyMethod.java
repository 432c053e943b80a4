package org.bitgaze.saliency;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.choice.Named;
import org.bitgaze.measure.Reference;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.zoo.FastGaze;
import org.bitgaze.zoo.WeightsFolder;

/** The built-in saliency methods. */
public enum SaliencyMethod implements Named {
  /** Hou and Zhang 2007, as OpenCV computes it. */
  SPECTRAL_RESIDUAL(
      Reference.SPECTRAL_RESIDUAL,
      "the spectral residual of the whole image (Hou and Zhang 2007)",
      Argument.NONE,
      true,
      x -> new SpectralResidual()),
  /** Theis et al. 2018. */
  FASTGAZE(
      Reference.FASTGAZE,
      "a network that predicts where people look; fastgaze:FILE names its .vxm file",
      Argument.OPTIONAL_FILE,
      true,
      file -> new FastGazeSaliency(file.isEmpty() ? cachedFastGaze() : file)),
  /** A user's own network. */
  ONNX(
      Reference.ONNX,
      "onnx:FILE, your own ONNX network whose output is a saliency map",
      Argument.FILE,
      true,
      OnnxSaliency::new),
  /** A Gaussian at the image's centre, as a control. */
  CENTRE(
      Reference.CENTRE,
      "a Gaussian at the image's centre, as a control",
      Argument.NONE,
      false,
      x -> new Centre()),
  /** Precomputed maps in a folder. */
  MAPS(
      Reference.MAPS,
      "maps:DIR, a folder of grey images with the photographs' names",
      Argument.FOLDER,
      false,
      folder -> new PrecomputedMaps(Path.of(folder), "saliency map"));

  /** The default: the methods that need no weights. */
  public static final List<Choice> DEFAULT =
      List.of(new Choice(SPECTRAL_RESIDUAL, ""), new Choice(CENTRE, ""));

  /** What may follow a method's name and a colon. */
  public enum Argument {
    /** No argument. */
    NONE(" takes no argument"),
    /** A file, by default the one in the weights cache. */
    OPTIONAL_FILE(" needs a file after the colon"),
    /** A file. */
    FILE(" needs :FILE"),
    /** A folder. */
    FOLDER(" needs :DIR");

    private final String requirement;

    Argument(String requirement) {
      this.requirement = requirement;
    }

    /** {@return whether it is a file} */
    public boolean isFile() {
      return this == OPTIONAL_FILE || this == FILE;
    }
  }

  @FunctionalInterface
  private interface Factory {
    Saliency create(String argument) throws IOException;
  }

  private final Reference reference;
  private final String description;
  private final Argument argument;
  private final boolean wantsWhole;
  private final Factory factory;

  SaliencyMethod(
      Reference reference,
      String description,
      Argument argument,
      boolean wantsWhole,
      Factory factory) {
    this.reference = reference;
    this.description = description;
    this.argument = argument;
    this.wantsWhole = wantsWhole;
    this.factory = factory;
  }

  @Override
  public String id() {
    return reference.id();
  }

  @Override
  public String description() {
    return description;
  }

  /** {@return the reference that rows name} */
  public Reference reference() {
    return reference;
  }

  /** {@return the kind of argument} */
  public Argument argument() {
    return argument;
  }

  /** {@return whether it needs {@link org.bitgaze.image.Picture#whole}} */
  public boolean wantsWhole() {
    return wantsWhole;
  }

  /**
   * A method with its argument.
   *
   * @param method the method
   * @param argument a path; empty if there is none
   */
  public record Choice(SaliencyMethod method, String argument) implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the source of maps.
     *
     * @return a new source, to be closed by the caller
     * @throws IOException if its weights are missing or cannot be read
     */
    public Saliency create() throws IOException {
      return method.factory.create(argument);
    }

    /**
     * Sets the argument.
     *
     * @param path the file or folder; it is made absolute
     * @return a new choice
     */
    public Choice at(Path path) {
      return new Choice(method, path.toAbsolutePath().normalize().toString());
    }

    /** {@return the text that {@link SaliencyMethod#parse} reads} */
    @Override
    public String toString() {
      return argument.isEmpty() ? method.id() : method.id() + ":" + argument;
    }
  }

  /**
   * Parses a choice.
   *
   * @param text such as {@code spectral-residual} or {@code maps:DIR}
   * @return the method and its argument
   * @throws IllegalArgumentException if the method is unknown or its argument is missing
   */
  public static Choice parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? "" : text.substring(colon + 1);
    SaliencyMethod method = Named.find(values(), "saliency", name);
    boolean valid =
        switch (method.argument) {
          case NONE -> colon < 0;
          case OPTIONAL_FILE -> colon < 0 || !argument.isEmpty();
          case FILE, FOLDER -> !argument.isEmpty();
        };
    if (!valid) {
      throw new IllegalArgumentException(
          "saliency '" + text + "': " + name + method.argument.requirement);
    }
    return new Choice(method, argument);
  }

  /**
   * Parses a list of choices.
   *
   * @param texts what {@link #parse} reads
   * @return the choices in the same order
   * @throws IllegalArgumentException if the list is empty, a choice is invalid, or a method occurs
   *     twice
   */
  public static List<Choice> parseAll(List<String> texts) {
    List<Choice> choices = new ArrayList<>();
    Set<SaliencyMethod> methods = EnumSet.noneOf(SaliencyMethod.class);
    for (String text : texts) {
      Choice choice = parse(text);
      if (!methods.add(choice.method())) {
        throw new IllegalArgumentException(
            "saliency '" + choice.method().id() + "' is named twice");
      }
      choices.add(choice);
    }
    if (choices.isEmpty()) {
      throw new IllegalArgumentException("give at least one saliency method");
    }
    return List.copyOf(choices);
  }

  private static String cachedFastGaze() throws IOException {
    WeightsFolder cache = WeightsFolder.cache();
    return cache
        .file(FastGaze.PUBLISHED.fileName())
        .orElseThrow(
            () ->
                new WeightsException(FastGaze.PUBLISHED.fileName() + " is not in " + cache.path()))
        .toString();
  }
}
