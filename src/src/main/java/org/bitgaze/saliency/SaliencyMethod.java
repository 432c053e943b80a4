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

/** The ways to get a visual saliency map, each with the reference that its maps are. */
public enum SaliencyMethod implements Named {
  /** Hou and Zhang 2007, OpenCV's implementation. */
  SPECTRAL_RESIDUAL(
      Reference.SPECTRAL_RESIDUAL,
      "what stands out of the image's spectrum",
      Argument.NONE,
      true,
      x -> new SpectralResidual()),
  /** Theis et al. 2018. */
  FASTGAZE(
      Reference.FASTGAZE,
      "a network that predicts where people look; with :FILE, its .vxm file",
      Argument.PERHAPS_FILE,
      true,
      file -> new FastGazeSaliency(file.isEmpty() ? cachedFastGaze() : file)),
  /** Anybody's network. */
  ONNX(
      Reference.ONNX,
      "with :FILE, an ONNX network of one's own whose output is a map",
      Argument.FILE,
      true,
      OnnxSaliency::new),
  /** The picture's centre alone, as a control. */
  CENTRE(
      Reference.CENTRE,
      "the picture's centre alone, as a control",
      Argument.NONE,
      false,
      x -> new Centre()),
  /** Maps that lie in a folder. */
  MAPS(
      Reference.MAPS,
      "with :DIR, a folder of grey images named as the photographs",
      Argument.FOLDER,
      false,
      folder -> new PrecomputedMaps(Path.of(folder), "saliency map"));

  /** What is taken where nothing is chosen: a method that needs no weights, and the control. */
  public static final List<Choice> DEFAULT =
      List.of(new Choice(SPECTRAL_RESIDUAL, ""), new Choice(CENTRE, ""));

  /** What may stand behind a method's name and a colon. */
  public enum Argument {
    /** Nothing. */
    NONE,
    /** A file that is found by itself where it is left out. */
    PERHAPS_FILE,
    /** A file. */
    FILE,
    /** A folder. */
    FOLDER;

    /**
     * Tells whether it is a file's path.
     *
     * @return whether the file decides the maps
     */
    public boolean isFile() {
      return this == PERHAPS_FILE || this == FILE;
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

  /**
   * Returns what its maps are in rows.
   *
   * @return the reference of the same name
   */
  public Reference reference() {
    return reference;
  }

  /**
   * Returns what may stand behind its name.
   *
   * @return the kind of argument
   */
  public Argument argument() {
    return argument;
  }

  /**
   * Tells whether it looks at whole images, and not at what networks see.
   *
   * @return whether {@link org.bitgaze.image.Picture#whole} must be kept
   */
  public boolean wantsWhole() {
    return wantsWhole;
  }

  /**
   * A method with its argument: what is sent to workers.
   *
   * @param method the method
   * @param argument such as a folder; empty if there is none
   */
  public record Choice(SaliencyMethod method, String argument) implements Serializable {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the model, on a worker.
     *
     * @return a new model, to be closed
     * @throws IOException if its weights are missing or cannot be read
     */
    public Saliency create() throws IOException {
      return method.factory.create(argument);
    }

    /**
     * Returns the method with a path, the same from everywhere.
     *
     * @param path of its file or folder
     * @return a new choice
     */
    public Choice at(Path path) {
      return new Choice(method, path.toAbsolutePath().normalize().toString());
    }

    /** Returns what {@link SaliencyMethod#parse} reads. */
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
   * @throws IllegalArgumentException if there is no such method, or its argument is missing
   */
  public static Choice parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    String argument = colon < 0 ? "" : text.substring(colon + 1);
    SaliencyMethod method = Named.find(values(), "saliency", name);
    boolean fits =
        switch (method.argument) {
          case NONE -> colon < 0;
          case PERHAPS_FILE -> colon < 0 || !argument.isEmpty();
          case FILE, FOLDER -> !argument.isEmpty();
        };
    if (!fits) {
      String wanted =
          switch (method.argument) {
            case NONE -> " takes no argument";
            case PERHAPS_FILE -> " needs a file behind the colon";
            case FILE -> " needs :FILE";
            case FOLDER -> " needs :DIR";
          };
      throw new IllegalArgumentException("saliency '" + text + "': " + name + wanted);
    }
    return new Choice(method, argument);
  }

  /**
   * Parses several choices, of which each makes rows of its own.
   *
   * @param texts what {@link #parse} reads
   * @return the choices, in the same order
   * @throws IllegalArgumentException if there is none, one is wrong, or two are of one method
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
      throw new IllegalArgumentException("no saliency was chosen");
    }
    return List.copyOf(choices);
  }

  private static String cachedFastGaze() throws IOException {
    WeightsFolder cache = WeightsFolder.cache();
    return cache
        .file(FastGaze.PUBLISHED.fileName())
        .orElseThrow(
            () ->
                new WeightsException("no " + FastGaze.PUBLISHED.fileName() + " in " + cache.path()))
        .toString();
  }
}
