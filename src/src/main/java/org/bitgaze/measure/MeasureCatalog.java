package org.bitgaze.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.bitgaze.choice.Named;

/**
 * The measures that are known by name: those of {@link StandardMeasure}, in that order, and then
 * those that the class path registers as services.
 */
public final class MeasureCatalog {
  private static final List<Measure> ALL = load();

  private MeasureCatalog() {}

  private static List<Measure> load() {
    List<Measure> all = new ArrayList<>(List.of(StandardMeasure.values()));
    ServiceLoader.load(Measure.class, Measure.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(Measure::id))
        .forEach(all::add);
    return List.copyOf(all);
  }

  /** {@return all measures that are known by name, in order} */
  public static List<Measure> all() {
    return ALL;
  }

  /**
   * Selects measures.
   *
   * @param wanted which ones
   * @return those that are wanted, in order
   */
  public static Set<Measure> all(Predicate<Measure> wanted) {
    return ordered(ALL.stream().filter(wanted).toList());
  }

  /**
   * Finds a measure by name, in upper or lower case.
   *
   * @param id such as {@code SIM}
   * @return the measure
   * @throws IllegalArgumentException if it is unknown; the message lists the known ones
   */
  public static Measure of(String id) {
    return ALL.stream()
        .filter(measure -> measure.id().equalsIgnoreCase(id))
        .findFirst()
        .orElseGet(() -> Named.find(ALL.toArray(Measure[]::new), "measure", id));
  }

  /** {@return the measures of maps that are taken unless the user chooses others, in order} */
  public static Set<Measure> defaults() {
    return all(Measure::isDefault);
  }

  /** {@return the measures of signals, which only a sweep takes, in order} */
  public static Set<Measure> ofSignals() {
    return all(m -> m.domain() == Measure.Domain.SIGNAL);
  }

  /** {@return the measures of faithfulness, which run the network many times, in order} */
  public static Set<Measure> ofFaithfulness() {
    return all(m -> m.domain() == Measure.Domain.FAITHFULNESS);
  }

  /**
   * Adds the measures that are always taken because they cost nothing: those of answers, and
   * whether the map vanished; with a measure of faithfulness, also the confidence. Measures of
   * tasks are not among them: a model's objective names its own.
   *
   * @param chosen measures of maps
   * @return those and the others, in order
   */
  public static Set<Measure> withAnswers(Collection<? extends Measure> chosen) {
    boolean judged = chosen.stream().anyMatch(m -> m.domain() == Measure.Domain.FAITHFULNESS);
    List<Measure> both = new ArrayList<>(chosen);
    both.addAll(all(m -> isAlwaysTaken(m) || judged && m.domain() == Measure.Domain.CONFIDENCE));
    return ordered(both);
  }

  private static boolean isAlwaysTaken(Measure measure) {
    return !measure.isOfMaps()
        && measure.domain() != Measure.Domain.SIGNAL
        && measure.domain() != Measure.Domain.DEPLOYED_SIGNAL
        && measure.domain() != Measure.Domain.TASK
        && measure.domain() != Measure.Domain.ALL_IMAGES
        && measure.domain() != Measure.Domain.CONFIDENCE;
  }

  /**
   * Puts measures in order: as listed here, and then by name those that are not listed. Of several
   * measures with one name the first counts.
   *
   * @param measures in any order
   * @return an unmodifiable, serializable set
   */
  public static Set<Measure> ordered(Collection<? extends Measure> measures) {
    TreeMap<String, Measure> byId = new TreeMap<>(ORDER);
    measures.forEach(measure -> byId.putIfAbsent(measure.id(), measure));
    return Collections.unmodifiableSet(new LinkedHashSet<>(byId.values()));
  }

  /** The order of measures, by name. */
  public static final Comparator<String> ORDER =
      Comparator.comparingInt(MeasureCatalog::position).thenComparing(Comparator.naturalOrder());

  private static int position(String id) {
    for (int i = 0; i < ALL.size(); i++) {
      if (ALL.get(i).id().equals(id)) {
        return i;
      }
    }
    return ALL.size();
  }
}
