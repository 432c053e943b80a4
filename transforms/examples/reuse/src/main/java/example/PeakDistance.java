package example;

import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureInput;
import org.bitgaze.measure.ScaledMap;

/**
 * A measure of our own: how far the map's peak is from the reference's, as a share of the longer
 * side of the comparison grid. The class path registers it in {@code
 * META-INF/services/org.bitgaze.measure.Measure}, so that the command line knows it by name, too.
 */
public final class PeakDistance implements Measure {
  @Override
  public String id() {
    return "peak_distance";
  }

  @Override
  public String description() {
    return "distance of the peaks, as a share of the side";
  }

  @Override
  public Better better() {
    return Better.SMALLER;
  }

  @Override
  public Domain domain() {
    return Domain.MAPS;
  }

  @Override
  public double value(MeasureInput input) {
    int width = input.map().width();
    int map = input.map().peak();
    int reference = input.reference().peak();
    return Math.hypot(map % width - reference % width, map / width - reference / width)
        / ScaledMap.GRID;
  }
}
