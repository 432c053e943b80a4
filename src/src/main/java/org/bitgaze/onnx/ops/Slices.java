package org.bitgaze.onnx.ops;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The parts that Slice takes: attributes up to operator set 9, inputs from there.
 *
 * @param axes each at most once, perhaps negative
 * @param starts the first index on each axis
 * @param ends the first index on each axis that is not taken
 * @param steps the distances between indices
 */
record Slices(int[] axes, int[] starts, int[] ends, int[] steps) {

  /**
   * Reads a node.
   *
   * @throws IllegalArgumentException if the numbers do not fit each other
   */
  static Slices of(OnnxNode n) {
    int[] starts = required(n, "starts", 1);
    int[] ends = required(n, "ends", 2);
    int[] axes = n.ints("axes", 3).orElse(IntStream.range(0, starts.length).toArray());
    int[] steps = n.optional(4).map(c -> c.ints()).orElseGet(() -> ones(starts.length));
    if (starts.length == 0
        || ends.length != starts.length
        || axes.length != starts.length
        || steps.length != starts.length) {
      throw new IllegalArgumentException(
          starts.length + " starts, " + ends.length + " ends, " + axes.length + " axes");
    }
    int rank = n.shape().length;
    Set<Integer> sliced = new HashSet<>();
    for (int axis : axes) {
      if (!sliced.add(axis < 0 ? axis + rank : axis)) {
        throw new IllegalArgumentException("takes parts of axis " + axis + " twice");
      }
    }
    if (starts.length > ImportedGraph.MAX_DIMENSIONS) {
      throw new IllegalArgumentException("takes parts of " + starts.length + " axes");
    }
    return new Slices(axes, starts, ends, steps);
  }

  private static int[] required(OnnxNode n, String name, int input) {
    return n.ints(name, input)
        .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is missing"));
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /**
   * Reads the sizes of the parts of a Split.
   *
   * @param size of the axis
   * @throws IllegalArgumentException if the parts do not make the whole
   */
  static int[] split(OnnxNode n, int size) {
    int parts = n.outputs();
    long stated = n.attributes().integer("num_outputs", parts);
    Optional<int[]> given = n.ints("split", 1);
    if (stated != parts || given.filter(g -> g.length != parts).isPresent()) {
      throw new IllegalArgumentException("makes " + stated + " parts for " + parts + " outputs");
    }
    if (given.isEmpty() && !n.attributes().has("num_outputs") && size % parts != 0) {
      throw new IllegalArgumentException(size + " channels are not " + parts + " equal parts");
    }
    int perPart = (size + parts - 1) / parts;
    int[] sizes =
        given.orElseGet(
            () ->
                IntStream.range(0, parts)
                    .map(i -> Math.min(size, (i + 1) * perPart) - Math.min(size, i * perPart))
                    .toArray());
    if (Arrays.stream(sizes).anyMatch(s -> s < 0)
        || Arrays.stream(sizes).asLongStream().sum() != size) {
      throw new IllegalArgumentException(
          "parts " + Arrays.toString(sizes) + " do not make " + size);
    }
    return sizes;
  }
}
