package org.bitgaze.torch;

import java.util.List;
import org.bitgaze.quant.QuantizableLayer;

/**
 * What a {@link SweepProgram} can be told.
 *
 * @param places its layers, in network order
 * @param segments into how many parts its backbone is cut
 */
public record SweepOutline(List<Place> places, int segments) {

  /**
   * Where a layer is computed.
   *
   * @param layer the layer
   * @param weights the segment that reads its weights; {@link #segments} if that follows the target
   *     layer, which is computed for every configuration
   * @param activation the segment that makes its activation, likewise
   */
  public record Place(QuantizableLayer layer, int weights, int activation) {}

  /** Copies the list. */
  public SweepOutline {
    places = List.copyOf(places);
  }

  /**
   * Returns the layers' names.
   *
   * @return in network order
   */
  public List<String> layers() {
    return places.stream().map(p -> p.layer().name()).toList();
  }
}
