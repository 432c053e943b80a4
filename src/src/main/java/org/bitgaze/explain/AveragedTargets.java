package org.bitgaze.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Rectangle;
import org.bitgaze.measure.Grid;
import org.bitgaze.measure.GridMemory;
import org.bitgaze.measure.MapStatus;
import org.bitgaze.measure.ScaledMap;

/**
 * Explains images by the average of the maps of several target layers, such as the inputs of a
 * detector's heads. Each map is brought to the comparison grid and scaled to [0, 1] there, by the
 * cells that show the picture; a map without values counts as zeros. All maps explain the same
 * answer, that of the first program.
 *
 * @param targets the same network at the same precision, for one target layer each; at least one
 */
public record AveragedTargets(List<ExplainerSpec> targets) implements ExplainerSpec {
  private static final long serialVersionUID = 1L;

  /** Copies the list. */
  public AveragedTargets {
    targets = new ArrayList<>(targets);
  }

  @Override
  public String modelId() {
    return targets.get(0).modelId();
  }

  @Override
  public List<String> labels() {
    return targets.get(0).labels();
  }

  @Override
  public Preprocessing preprocessing() {
    return targets.get(0).preprocessing();
  }

  @Override
  public int batchSize() {
    return targets.get(0).batchSize();
  }

  @Override
  public Explainer open() throws IOException {
    List<Explainer> opened = new ArrayList<>();
    try {
      for (ExplainerSpec target : targets) {
        opened.add(target.open());
      }
    } catch (IOException | RuntimeException | Error e) {
      opened.forEach(Explainer::close);
      throw e;
    }
    return new Explainer() {
      @Override
      public List<List<Explanation>> explain(List<Input> inputs) {
        return averaged(opened, inputs);
      }

      @Override
      public List<float[]> outputs(List<float[]> inputs) {
        return opened.get(0).outputs(inputs);
      }

      @Override
      public void close() {
        opened.forEach(Explainer::close);
      }
    };
  }

  private List<List<Explanation>> averaged(List<Explainer> opened, List<Explainer.Input> inputs) {
    List<List<List<Explanation>>> byTarget = new ArrayList<>();
    byTarget.add(opened.get(0).explain(inputs));
    List<Explainer.Input> same = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      same.add(withAnswer(inputs.get(i), byTarget.get(0).get(i).get(0)));
    }
    for (Explainer other : opened.subList(1, opened.size())) {
      byTarget.add(other.explain(same));
    }
    List<List<Explanation>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      int image = i;
      List<Explanation> maps = byTarget.stream().map(t -> t.get(image).get(0)).toList();
      all.add(List.of(average(maps, Grid.of(preprocessing().framing(), inputs.get(image).size()))));
    }
    return all;
  }

  /** An image whose answer is known by now. */
  private static Explainer.Input withAnswer(Explainer.Input input, Explanation first) {
    return new Explainer.Input(
        input.key(),
        input.image(),
        OptionalInt.of(input.explainedClass().orElse(first.explained())),
        input.reference().or(() -> first.answer().map(Answered::answer)),
        input.size());
  }

  /**
   * Averages the maps of one image.
   *
   * @param maps explanations of one answer, one for each target layer
   * @param grid the grid of the network's input
   * @return the first explanation with the average as its map: as large as the grid, in [0, 1], and
   *     zero where the grid does not show the picture. An explanation that is not finite, or has
   *     nothing to explain, is returned as it is
   */
  static Explanation average(List<Explanation> maps, Grid grid) {
    Optional<Explanation> without =
        maps.stream()
            .filter(e -> e.status() == MapStatus.NOT_FINITE || e.status() == MapStatus.NOTHING)
            .findFirst();
    if (without.isPresent()) {
      return without.get();
    }
    Rectangle seen = grid.cells();
    double[] sum = new double[seen.area()];
    float unstable = 0;
    GridMemory memory = new GridMemory();
    for (Explanation one : maps) {
      ScaledMap scaled = ScaledMap.of(MapPart.whole(one.cam()), grid, memory);
      for (int i = 0; i < scaled.values().length; i++) {
        sum[i] += scaled.values()[i];
      }
      scaled.release();
      unstable = Math.max(unstable, one.unstable());
    }
    float[] values = new float[grid.height() * grid.width()];
    for (int i = 0; i < sum.length; i++) {
      int cell = (seen.top() + i / seen.width()) * grid.width() + seen.left() + i % seen.width();
      values[cell] = (float) (sum[i] / maps.size());
    }
    Explanation first = maps.get(0);
    return new Explanation(
        new Heatmap(grid.height(), grid.width(), values),
        first.logits(),
        first.explained(),
        first.clipped(),
        unstable,
        first.fidelity(),
        first.answer());
  }
}
