package org.bitgaze.transforms;

/** Names of the Beam metrics that the transforms report, all under one namespace. */
public final class MetricNames {
  /** Namespace of all metrics. */
  public static final String NAMESPACE = "bitgaze";

  /** Counter: files that were found. */
  public static final String MATCHED = "images_matched";

  /** Counter: images decoded, resized and cropped. */
  public static final String DECODED = "images_decoded";

  /** Counter: rejects. An image may have several. */
  public static final String REJECTS = "rejects";

  /** Counter: images that have walked the whole line, readable or not. */
  public static final String EXPLAINED = "images_explained";

  /** Counter: class activation maps computed. */
  public static final String MAPS = "maps_computed";

  /** Maps whose class's logit lay beyond its quantization range. */
  public static final String CLIPPED = "maps_clipped";

  /** Counter: maps whose weights are near a pole of the method, see MapMethod. */
  public static final String UNSTABLE = "maps_unstable";

  /** Counter: comparisons without a value because a map was degenerate. */
  public static final String DEGENERATE = "comparisons_degenerate";

  /** Counter: images that cannot be read, each of which is also a reject. */
  public static final String UNREADABLE = "images_unreadable";

  /** Counter: images whose mask cannot be used, each of which is also a reject. */
  public static final String UNUSABLE_MASKS = "masks_unusable";

  /** Distribution: milliseconds to decode, resize and crop an image. */
  public static final String DECODE_MILLIS = "decode_millis";

  /** Distribution: milliseconds to compute a saliency map. */
  public static final String SALIENCY_MILLIS = "saliency_millis";

  /** Distribution: milliseconds to compute a class activation map, per image of a batch. */
  public static final String CAM_MILLIS = "cam_millis";

  /** Distribution: milliseconds to judge all maps of an image and model. */
  public static final String JUDGE_MILLIS = "judge_millis";

  /** Distribution: milliseconds to compare all maps of an image. */
  public static final String COMPARE_MILLIS = "compare_millis";

  private MetricNames() {}
}
