package org.bitgaze.zoo;

import java.util.Map;
import java.util.function.IntFunction;
import org.bitgaze.choice.Named;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;

/**
 * The built-in networks, with torchvision's names and structure. {@link #VIT_SCENES} is built of
 * torchvision's modules, but is none of its networks.
 */
public enum Architecture implements Named {
  /** VGG16, no batch norm. */
  VGG16("vgg16", "VGG16", "features.30", "features.29", Vgg16::graph),
  /** ResNet-50. */
  RESNET50("resnet50", "ResNet50", "layer4.2", "layer4.2.conv3", ResNet50::graph),
  /** DenseNet-121; the map is taken after the ReLU that follows norm5. */
  DENSENET121("densenet121", "DenseNet121", "relu", "features.denseblock4", DenseNet121::graph),
  /** MobileNetV2, width 1.0. */
  MOBILENET_V2("mobilenet_v2", "MobileNetV2", "features.18", "features.18", MobileNetV2::graph),
  /** SqueezeNet 1.0. */
  SQUEEZENET1_0(
      "squeezenet1_0", "SqueezeNet 1.0", "features.12", "features.12", SqueezeNet::graph10),
  /** SqueezeNet 1.1. */
  SQUEEZENET1_1(
      "squeezenet1_1", "SqueezeNet 1.1", "features.12", "features.12", SqueezeNet::graph11),
  /** EfficientNet-B0. */
  EFFICIENTNET_B0(
      "efficientnet_b0", "EfficientNet-B0", "features.8", "features.8", EfficientNetB0::graph),
  /** Vision Transformer, base, patches of 16 x 16 pixels. */
  VIT_B_16("vit_b_16", "ViT-B/16", VisionTransformer.LAST_NORM_B16, VisionTransformer::vitB16),
  /** A small vision transformer for scenes; torchvision publishes no weights. */
  VIT_SCENES(
      "vit_scenes", "ViT (scenes)", VisionTransformer.LAST_NORM_SCENES, VisionTransformer::scenes),
  /** Swin Transformer, tiny. */
  SWIN_T("swin_t", "Swin-T", "norm", SwinTransformer::swinT),
  /** ConvNeXt, tiny. */
  CONVNEXT_TINY("convnext_tiny", "ConvNeXt-T", "features.7.2.add", ConvNeXt::tiny);

  /** Number of ImageNet classes, the size of the published networks' heads. */
  public static final int IMAGENET_CLASSES = 1000;

  private final String id;
  private final String title;
  private final String targetLayer;
  private final String paperLayer;
  private final IntFunction<Definition> builder;

  Architecture(
      String id, String title, String targetLayer, String paperLayer, IntFunction<Graph> builder) {
    this(title, id, classes -> Definition.of(builder.apply(classes)), targetLayer, paperLayer);
  }

  Architecture(String id, String title, String targetLayer, IntFunction<Definition> builder) {
    this(title, id, builder, targetLayer, targetLayer);
  }

  Architecture(
      String title,
      String id,
      IntFunction<Definition> builder,
      String targetLayer,
      String paperLayer) {
    this.id = id;
    this.title = title;
    this.targetLayer = targetLayer;
    this.paperLayer = paperLayer;
    this.builder = builder;
  }

  /** {@return torchvision's name, such as {@code mobilenet_v2}} */
  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return title;
  }

  /** {@return the name in print, such as {@code MobileNetV2}} */
  public String title() {
    return title;
  }

  /**
   * Returns the default target layer: the last one with height and width, as in pytorch-grad-cam.
   *
   * @return a torchvision module path or torch.fx node name
   */
  public String targetLayer() {
    return targetLayer;
  }

  /**
   * Returns the target layer.
   *
   * @param choice which one
   * @return a torchvision module path or torch.fx node name
   */
  public String targetLayer(LayerChoice choice) {
    return choice == LayerChoice.PAPER ? paperLayer : targetLayer;
  }

  /**
   * Builds the network.
   *
   * @param classes number of classes, the size of the output
   * @return a new graph
   */
  public Graph graph(int classes) {
    return builder.apply(classes).graph();
  }

  /**
   * Lists the tensors of the network's state dict, without buffers of integers.
   *
   * @param classes number of classes, the size of the output
   * @return torchvision's names to shapes; most, but not all, are also names of the graph's
   *     parameters
   */
  public Map<String, int[]> stateDict(int classes) {
    return builder.apply(classes).stateDict();
  }

  /**
   * Checks that trained parameters can be stored.
   *
   * @param classes number of classes, the size of the output
   * @throws IllegalArgumentException if the network's parameters are computed from fewer numbers
   *     than they have elements, so that trained ones cannot be stored (Swin's position bias)
   */
  public void requireTrainable(int classes) {
    builder.apply(classes).requireTrainable();
  }

  /**
   * Names trained parameters as torchvision's state dict.
   *
   * @param classes number of classes, the size of the output
   * @param parameters every parameter of {@link #graph}, of a {@linkplain #requireTrainable
   *     trainable} network
   * @return the tensors of {@link #stateDict}
   */
  public Map<String, Tensor> stored(int classes, Map<String, Tensor> parameters) {
    return builder.apply(classes).stored(parameters);
  }

  /**
   * Builds the network with its weights.
   *
   * @param classes number of classes, the size of the output
   * @param source the tensors of {@link #stateDict}
   * @return the network, checked: every parameter is there and has the right shape
   * @throws WeightsException if not, naming the file, the tensor, the expected and the found shape
   */
  public Network network(int classes, TensorSource source) throws WeightsException {
    return builder.apply(classes).network(source);
  }

  /**
   * Finds a network by torchvision's name.
   *
   * @param id a name such as {@code vgg16}
   * @return the architecture
   * @throws IllegalArgumentException if there is no such network, listing the names
   */
  public static Architecture of(String id) {
    return Named.find(values(), "network", id);
  }
}
