package org.bitgaze.zoo;

import java.util.Arrays;

/** The ImageNet weights that torchvision publishes (the first version where there are several). */
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
  EFFICIENTNET_B0(Architecture.EFFICIENTNET_B0, "efficientnet_b0_rwightman-7f5810bc.pth", 20.5);

  /** Where they are published. */
  public static final String BASE_ADDRESS = "https://download.pytorch.org/models/";

  private final Architecture architecture;
  private final String fileName;
  private final double mebibytes;

  PublishedWeights(Architecture architecture, String fileName, double mebibytes) {
    this.architecture = architecture;
    this.fileName = fileName;
    this.mebibytes = mebibytes;
  }

  /**
   * Returns the network.
   *
   * @return whose weights these are
   */
  public Architecture architecture() {
    return architecture;
  }

  /**
   * Returns the official file name.
   *
   * @return it ends with the first digits of the file's SHA-256
   */
  public String fileName() {
    return fileName;
  }

  /**
   * Returns the size as torchvision states it.
   *
   * @return in MiB, to a tenth
   */
  public double mebibytes() {
    return mebibytes;
  }

  /**
   * Returns what the file's SHA-256 begins with.
   *
   * @return eight hexadecimal digits
   */
  public String sha256Prefix() {
    int end = fileName.lastIndexOf('.');
    return fileName.substring(end - 8, end);
  }

  /**
   * Finds a network's weights.
   *
   * @param network torchvision's name
   * @return the weights
   * @throws IllegalArgumentException if there is no such network
   */
  public static PublishedWeights of(String network) {
    Architecture wanted = Architecture.of(network);
    return Arrays.stream(values()).filter(w -> w.architecture == wanted).findFirst().orElseThrow();
  }
}
