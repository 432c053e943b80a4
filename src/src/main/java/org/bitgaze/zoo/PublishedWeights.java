package org.bitgaze.zoo;

import java.util.Arrays;
import java.util.stream.Stream;
import org.bitgaze.image.Interpolation;
import org.bitgaze.image.Preprocessing;

/**
 * The ImageNet weights that torchvision publishes, with the preprocessing of their evaluation. The
 * first of a network is its default.
 */
public enum PublishedWeights {
  /** VGG16. */
  VGG16(Architecture.VGG16, "vgg16-397923af.pth", 527.8),
  /** ResNet-50. */
  RESNET50(Architecture.RESNET50, "resnet50-0676ba61.pth", 97.8),
  /** DenseNet-121. */
  DENSENET121(Architecture.DENSENET121, "densenet121-a639ec97.pth", 30.8),
  /** MobileNetV2. */
  MOBILENET_V2(Architecture.MOBILENET_V2, "mobilenet_v2-b0353104.pth", 13.6),
  /** SqueezeNet 1.0. */
  SQUEEZENET1_0(Architecture.SQUEEZENET1_0, "squeezenet1_0-b66bff10.pth", 4.8),
  /** SqueezeNet 1.1. */
  SQUEEZENET1_1(Architecture.SQUEEZENET1_1, "squeezenet1_1-b8a52dc0.pth", 4.7),
  /** EfficientNet-B0. */
  EFFICIENTNET_B0(
      Architecture.EFFICIENTNET_B0,
      1,
      "efficientnet_b0_rwightman-7f5810bc.pth",
      20.5,
      Preprocessing.IMAGENET.with(Interpolation.BICUBIC)),
  /** ViT-B/16. */
  VIT_B_16(Architecture.VIT_B_16, "vit_b_16-c867db91.pth", 330.3),
  /** Swin-T. */
  SWIN_T(
      Architecture.SWIN_T,
      1,
      "swin_t-704ceda3.pth",
      108.2,
      Preprocessing.IMAGENET.withResize(232).with(Interpolation.BICUBIC)),
  /** ConvNeXt-T. */
  CONVNEXT_TINY(
      Architecture.CONVNEXT_TINY,
      1,
      "convnext_tiny-983f1562.pth",
      109.1,
      Preprocessing.IMAGENET.withResize(236)),
  /** ResNet-50, trained with a newer recipe. */
  RESNET50_V2(
      Architecture.RESNET50,
      2,
      "resnet50-11ad3fa6.pth",
      97.8,
      Preprocessing.IMAGENET.withResize(232)),
  /** MobileNetV2, trained with a newer recipe. */
  MOBILENET_V2_V2(
      Architecture.MOBILENET_V2,
      2,
      "mobilenet_v2-7ebf99e0.pth",
      13.6,
      Preprocessing.IMAGENET.withResize(232));

  /** Where torchvision publishes them. */
  private static final String BASE_ADDRESS = "https://download.pytorch.org/models/";

  private final Architecture architecture;
  private final String version;
  private final String fileName;
  private final double mebibytes;
  private final Preprocessing preprocessing;

  PublishedWeights(Architecture architecture, String fileName, double mebibytes) {
    this(architecture, 1, fileName, mebibytes, Preprocessing.IMAGENET);
  }

  PublishedWeights(
      Architecture architecture,
      int version,
      String fileName,
      double mebibytes,
      Preprocessing preprocessing) {
    this.architecture = architecture;
    this.version = "IMAGENET1K_V" + version;
    this.fileName = fileName;
    this.mebibytes = mebibytes;
    this.preprocessing = preprocessing;
  }

  /** {@return the network that the weights are for} */
  public Architecture architecture() {
    return architecture;
  }

  /** {@return torchvision's name of the version, such as {@code IMAGENET1K_V1}} */
  public String version() {
    return version;
  }

  /** {@return the preprocessing of torchvision's {@code weights.transforms()}} */
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /** {@return the official file name, which ends with the first digits of the SHA-256} */
  public String fileName() {
    return fileName;
  }

  /** {@return where the file is published, and its digest} */
  public PublishedFile file() {
    int end = fileName.lastIndexOf('.');
    return new PublishedFile(
        architecture.id(),
        version,
        BASE_ADDRESS,
        fileName,
        fileName.substring(end - 8, end),
        mebibytes,
        preprocessing.framing() + ", " + preprocessing.interpolation().id());
  }

  /**
   * Lists a network's weights.
   *
   * @param network the network
   * @return its weights, the default first; none for a network that is trained on scenes only
   */
  public static Stream<PublishedWeights> of(Architecture network) {
    return Arrays.stream(values()).filter(w -> w.architecture == network);
  }
}
