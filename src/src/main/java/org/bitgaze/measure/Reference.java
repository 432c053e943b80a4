package org.bitgaze.measure;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a network's map, or its answer, is compared with. Rows name a reference by its id; tables,
 * tests and charts show references in their natural order.
 *
 * @param id the name in tables, such as {@code spectral-residual}
 * @param kind what it is
 */
public record Reference(String id, Kind kind) implements Comparable<Reference>, Serializable {
  private static final long serialVersionUID = 1L;

  /** What a reference is, in the order of tables. */
  public enum Kind {
    /** A visual saliency map. */
    SALIENCY,
    /** A map that does not depend on the image: saliency must explain more than this control. */
    CONTROL,
    /** The exact mask of the object in the image. */
    MASK,
    /** The same network at full precision. */
    F32,
    /** The same file in the runtime in which it is deployed. */
    DEPLOYED,
    /** The image's label. */
    LABEL,
    /** A network that judges a map by its answers to changed images. */
    NETWORK,
    /** The same network's map with random weights. */
    RANDOMIZED
  }

  /** Saliency by what stands out of the image's spectrum. */
  public static final Reference SPECTRAL_RESIDUAL = saliency("spectral-residual");

  /** Saliency by a network that predicts where people look. */
  public static final Reference FASTGAZE = saliency("fastgaze");

  /** Saliency by an ONNX network of the user's own. */
  public static final Reference ONNX = saliency("onnx");

  /** Saliency maps that were computed elsewhere. */
  public static final Reference MAPS = saliency("maps");

  /** The picture's centre, whatever the picture shows. */
  public static final Reference CENTRE = new Reference("centre", Kind.CONTROL);

  /** The exact mask of the object in the image. */
  public static final Reference MASK = new Reference("mask", Kind.MASK);

  /** The same network at full precision. */
  public static final Reference F32 = new Reference("f32", Kind.F32);

  /** The same file in the runtime in which it is deployed, where its maps are a simulation's. */
  public static final Reference DEPLOYED = new Reference("deployed", Kind.DEPLOYED);

  /** The image's label. */
  public static final Reference LABEL = new Reference("label", Kind.LABEL);

  /** The network and precision that made the map judge it. */
  public static final Reference NETWORK = new Reference("network", Kind.NETWORK);

  /** They judge a random map of the same size instead: a control. */
  public static final Reference RANDOM_MAP = new Reference("random-map", Kind.NETWORK);

  /** They judge the order by distance to the picture's centre instead: a control. */
  public static final Reference CENTRE_MAP = new Reference("centre-map", Kind.NETWORK);

  /** They judge f32's map of the same class instead. */
  public static final Reference F32_MAP = new Reference("f32-map", Kind.NETWORK);

  /** The f32 network judges the map. */
  public static final Reference F32_NETWORK = new Reference("f32-network", Kind.NETWORK);

  /** The f32 network judges its own map of the class that the map explains. */
  public static final Reference F32_BOTH = new Reference("f32-both", Kind.NETWORK);

  /** The f32 network's map when the weights after the target layer are random. */
  public static final Reference RANDOM_HEAD = new Reference("random-head", Kind.RANDOMIZED);

  /** The f32 network's map when all weights are random. */
  public static final Reference RANDOM_WEIGHTS = new Reference("random-weights", Kind.RANDOMIZED);

  /** The built-in references, in order. */
  public static final List<Reference> STANDARD =
      List.of(
          SPECTRAL_RESIDUAL,
          FASTGAZE,
          ONNX,
          MAPS,
          CENTRE,
          MASK,
          F32,
          DEPLOYED,
          LABEL,
          NETWORK,
          RANDOM_MAP,
          CENTRE_MAP,
          F32_MAP,
          F32_NETWORK,
          F32_BOTH,
          RANDOM_HEAD,
          RANDOM_WEIGHTS);

  private static final Comparator<Reference> ORDER =
      Comparator.comparing(Reference::kind)
          .thenComparingInt(Reference::position)
          .thenComparing(Reference::id);

  /**
   * Names saliency maps of the user's own.
   *
   * @param id the name in tables
   * @return the reference
   */
  public static Reference saliency(String id) {
    return new Reference(id, Kind.SALIENCY);
  }

  private static int position(Reference reference) {
    int index = STANDARD.indexOf(reference);
    return index < 0 ? STANDARD.size() : index;
  }

  @Override
  public int compareTo(Reference other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return id;
  }

  /**
   * {@return whether this is a visual saliency map, of whatever method; the control counts as one}
   */
  public boolean isSaliency() {
    return kind == Kind.SALIENCY || kind == Kind.CONTROL;
  }

  /** {@return whether this is the control, which does not depend on the image} */
  public boolean isControl() {
    return kind == Kind.CONTROL;
  }

  /** {@return whether maps are compared with it, and not answers alone} */
  public boolean isMap() {
    return kind != Kind.LABEL && kind != Kind.NETWORK;
  }

  /**
   * Selects built-in references.
   *
   * @param wanted which ones
   * @return those that are wanted, in order
   */
  public static Set<Reference> all(Predicate<Reference> wanted) {
    Set<Reference> all = new TreeSet<>(STANDARD);
    all.removeIf(wanted.negate());
    return all;
  }

  /**
   * Finds a reference by the name that a row has.
   *
   * @param id such as {@code spectral-residual}
   * @return the built-in reference of that name, else saliency of the user's own
   */
  public static Reference of(String id) {
    return STANDARD.stream().filter(r -> r.id.equals(id)).findFirst().orElse(saliency(id));
  }
}
