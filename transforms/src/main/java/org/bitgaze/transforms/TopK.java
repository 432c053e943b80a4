package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Exhibit;

/** In what images compete for being shown, and how far they get. */
final class TopK implements Serializable {
  private static final long serialVersionUID = 1L;
  private final List<String> models;
  private final ChooseExhibits.Choice choice;

  TopK(List<String> models, ChooseExhibits.Choice choice) {
    this.models = List.copyOf(models);
    this.choice = choice;
  }

  /**
   * An image's place in one discipline.
   *
   * @param discipline what it competes in
   * @param winners how many are shown
   * @param score the smaller the better; of equal ones the first key
   * @param reason why it is shown if it wins
   */
  record Entry(String discipline, int winners, double score, String reason) {}

  /** What an image competes in. */
  List<Entry> entries(ComparedImage image) {
    List<Entry> entries = new ArrayList<>();
    for (String model : models) {
      image
          .drifts(model)
          .forEach(
              (precision, cc) -> {
                String what = " of " + model + " at " + precision;
                String drift =
                    cc == ComparedImage.VANISHED
                        ? "the map vanishes"
                        : String.format(Locale.ROOT, "CC with f32 %.3f", cc);
                entries.add(
                    new Entry(
                        "largest drift" + what,
                        choice.worst(),
                        cc,
                        Exhibit.largestDrift(model, precision) + drift));
                entries.add(
                    new Entry(
                        "smallest drift" + what,
                        Math.min(1, choice.worst()),
                        -cc,
                        Exhibit.smallestDrift(model, precision) + drift));
              });
    }
    double hash = SampleByKey.hash("exhibits " + choice.seed() + image.key());
    entries.add(new Entry("sample", choice.sample(), hash, "sample"));
    if (choice.show().contains(image.key())) {
      entries.add(new Entry("asked for", choice.show().size(), 0, "asked for"));
    }
    return entries;
  }

  Ranking start() {
    return new Ranking();
  }

  /** Who leads. */
  static final class Ranking {
    private record Place(double score, String key, String reason) {}

    private static final Comparator<Place> ORDER =
        Comparator.comparingDouble(Place::score).thenComparing(Place::key);

    private final Map<String, TreeSet<Place>> disciplines = new HashMap<>();

    /** Enters an image; tells whether it is among the winners now. */
    boolean enter(String key, List<Entry> entries) {
      boolean wins = false;
      for (Entry entry : entries) {
        TreeSet<Place> places =
            disciplines.computeIfAbsent(entry.discipline(), d -> new TreeSet<>(ORDER));
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
    Map<String, TreeSet<String>> winners() {
      Map<String, TreeSet<String>> winners = new TreeMap<>();
      disciplines
          .values()
          .forEach(
              places ->
                  places.forEach(
                      p -> winners.computeIfAbsent(p.key(), k -> new TreeSet<>()).add(p.reason())));
      return winners;
    }
  }
}
