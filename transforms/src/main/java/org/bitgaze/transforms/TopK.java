package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.ExhibitReason.Kind;

/** Ranks images, to show the first few of each ranking. */
final class TopK implements Serializable {
  private static final long serialVersionUID = 1L;
  private final List<String> models;
  private final ChooseExhibits.Choice choice;

  TopK(List<String> models, ChooseExhibits.Choice choice) {
    this.models = List.copyOf(models);
    this.choice = choice;
  }

  /**
   * An image's entry in one ranking.
   *
   * @param ranking what is ranked: a reason without its value
   * @param winners how many images are shown
   * @param score the smaller, the better; ties go to the first key
   * @param reason why the image is shown if it wins
   */
  record Entry(ExhibitReason ranking, int winners, double score, ExhibitReason reason) {
    private static Entry of(Kind kind, int winners, double score) {
      ExhibitReason reason = ExhibitReason.of(kind);
      return new Entry(reason, winners, score, reason);
    }

    private static Entry drift(
        Kind kind, String model, String precision, int winners, double score, double cc) {
      Double value = cc == ComparedImage.VANISHED ? null : cc;
      return new Entry(
          new ExhibitReason(kind, model, precision, null),
          winners,
          score,
          new ExhibitReason(kind, model, precision, value));
    }
  }

  /** The rankings that an image enters. */
  List<Entry> entries(ComparedImage image) {
    int worst = choice.worst();
    int best = Math.min(1, worst);
    List<Entry> entries = new ArrayList<>();
    for (String model : models) {
      image
          .drifts(model)
          .forEach(
              (precision, cc) -> {
                entries.add(Entry.drift(Kind.LARGEST_DRIFT, model, precision, worst, cc, cc));
                entries.add(Entry.drift(Kind.SMALLEST_DRIFT, model, precision, best, -cc, cc));
              });
    }
    double hash = SampleByKey.hash("exhibits " + choice.seed() + image.key());
    entries.add(Entry.of(Kind.SAMPLE, choice.sample(), hash));
    if (choice.show().contains(image.key())) {
      entries.add(Entry.of(Kind.REQUESTED, choice.show().size(), 0));
    }
    return entries;
  }

  Ranking start() {
    return new Ranking();
  }

  /** The first images of each ranking so far. */
  static final class Ranking {
    private record Place(double score, String key, ExhibitReason reason) {}

    private static final Comparator<Place> ORDER =
        Comparator.comparingDouble(Place::score).thenComparing(Place::key);

    private final Map<ExhibitReason, TreeSet<Place>> rankings = new HashMap<>();

    /** Enters an image; tells whether it is among the winners now. */
    boolean enter(String key, List<Entry> entries) {
      boolean wins = false;
      for (Entry entry : entries) {
        TreeSet<Place> places =
            rankings.computeIfAbsent(entry.ranking(), d -> new TreeSet<>(ORDER));
        Place place = new Place(entry.score(), key, entry.reason());
        places.add(place);
        if (places.size() > entry.winners()) {
          places.pollLast();
        }
        wins |= places.contains(place);
      }
      return wins;
    }

    /** Keys of the winners, each with its reasons. */
    Map<String, TreeSet<ExhibitReason>> winners() {
      Map<String, TreeSet<ExhibitReason>> winners = new TreeMap<>();
      rankings
          .values()
          .forEach(
              places ->
                  places.forEach(
                      p -> winners.computeIfAbsent(p.key(), k -> new TreeSet<>()).add(p.reason())));
      return winners;
    }
  }
}
