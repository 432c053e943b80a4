package org.bitgaze.zoo;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.WholeImage;
import org.bitgaze.network.Graph;
import org.bitgaze.network.GraphBuilder;
import org.bitgaze.network.Network;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.weights.DerivedTensors;
import org.bitgaze.weights.DerivedTensors.Derivation;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * FastGaze (Theis et al. 2018, arXiv:1801.05787), a small network that predicts where people look.
 * For an image of any size it returns one value per {@link #CELL} x {@link #CELL} pixels, rounded
 * up. Its input is blue, green and red minus {@link org.bitgaze.image.CaffeMeans#VGG}. The last
 * layer of its file, a Gaussian, is not applied, as in the published program.
 */
public final class FastGaze {
  /** Height and width in pixels of the cell that one output value describes. */
  public static final int CELL = 16;

  /** Where it is published; Copyright 2021 Twitter, Inc., Apache License 2.0. */
  public static final PublishedFile PUBLISHED =
      new PublishedFile(
          "fastgaze",
          "2021",
          "https://raw.githubusercontent.com/twitter-research/image-crop-analysis/"
              + "d66ad3bb3881fdbd12a27e04c3e57cc8fd772dd1/bin/",
          "fastgaze.vxm",
          "b76cefc218ec8969cc62b26ad0f41111800421287e7f2725d808da1d90afbdf7",
          0.5,
          "longer side to " + WholeImage.SIDE + ", " + Interpolation.BILINEAR.id());

  private static final int LAYERS = 19;
  private static final int MODEL_TYPE = 2;

  /** The file's codes of layer and activation types. */
  private static final int CONVOLUTION = 0;

  private static final int MAX_POOLING = 2;
  private static final int GAUSSIAN = 3;
  private static final int RELU = 1;
  private static final int LEAKY_RELU = 4;

  /** The layers, by their index in the file; an empty row is a pooling. */
  private static final int[][] CHANNELS_AND_KERNEL = {
    {3, 43, 3},
    {43, 44, 3},
    {},
    {44, 49, 3},
    {49, 56, 3},
    {},
    {56, 44, 3},
    {44, 38, 3},
    {},
    {38, 31, 3},
    {31, 20, 3},
    {},
    {20, 18, 3},
    {18, 10, 3},
    {10, 7, 1},
    {7, 7, 1},
    {7, 2, 1},
    {2, 1, 1}
  };

  private FastGaze() {}

  /**
   * Creates the network of a file.
   *
   * @param file the open {@code .vxm} file
   * @return the network, with PyTorch's names of parameters
   * @throws WeightsException if it is another network's file, naming the difference
   * @throws IOException if it cannot be read
   */
  public static Network network(TensorSource file) throws IOException {
    require(file, "layerCount", LAYERS);
    require(file, "modelType", MODEL_TYPE);
    require(file, LAYERS - 1 + "Type", GAUSSIAN);
    GraphBuilder g = new GraphBuilder(PUBLISHED.id());
    Map<String, Derivation> parameters = new HashMap<>();
    String x = g.input();
    for (int layer = 0; layer < CHANNELS_AND_KERNEL.length; layer++) {
      int[] sizes = CHANNELS_AND_KERNEL[layer];
      String name = "" + layer;
      if (sizes.length == 0) {
        require(file, layer + "Type", MAX_POOLING);
        require(file, layer + "Pool", 2);
        x = g.apply(name, MaxPool2d.of(2, 2, 0).withCeilMode(), x);
      } else {
        require(file, layer + "Type", CONVOLUTION);
        parameters.put(name + ".weight", renamed(file, layer + "w"));
        parameters.put(name + ".bias", renamed(file, layer + "b"));
        Conv2d conv = Conv2d.of(sizes[0], sizes[1], sizes[2]).withPadding(sizes[2] / 2);
        x = activation(g, file, layer, g.apply(name, conv, x));
      }
    }
    Graph graph = g.build();
    Network network = new Network(graph, new DerivedTensors(file, parameters));
    network.check();
    return network;
  }

  /** ReLU behind convolutions larger than one pixel, leaky ReLU behind the last four layers. */
  private static String activation(GraphBuilder g, TensorSource file, int layer, String x)
      throws IOException {
    if (CHANNELS_AND_KERNEL[layer][2] > 1) {
      require(file, layer + "Act", RELU);
      return g.relu(layer + ".relu", x);
    }
    require(file, layer + "Act", LEAKY_RELU);
    String alpha = layer + "alpha";
    if (Tensor.elements(file.shape(alpha)) != 1) {
      throw new WeightsException(file.description() + ": '" + alpha + "' is not a single number");
    }
    return g.apply(layer + ".leaky_relu", new LeakyReLU(file.read(alpha).data()[0]), x);
  }

  private static Derivation renamed(TensorSource file, String name) throws WeightsException {
    return new Derivation(file.shape(name), base -> base.read(name));
  }

  private static void require(TensorSource file, String key, int expected) throws WeightsException {
    String found = file.metadata().get(key);
    if (!("" + expected).equals(found)) {
      throw new WeightsException(
          file.description()
              + ": not a FastGaze file: '"
              + key
              + "' is "
              + (found == null ? "missing" : found)
              + ", not "
              + expected);
    }
  }
}
