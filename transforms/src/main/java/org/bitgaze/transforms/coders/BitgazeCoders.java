package org.bitgaze.transforms.coders;

import java.util.List;
import org.apache.beam.sdk.coders.BitSetCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviderRegistrar;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.bitgaze.explain.Answered;
import org.bitgaze.explain.Truth;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Picture;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bitgaze.measure.Faithfulness;
import org.bitgaze.measure.Fidelity;
import org.bitgaze.measure.Reference;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ExhibitReason;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.JudgedMap;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.MapChecks;
import org.bitgaze.transforms.values.NetworkOutputs;
import org.bitgaze.transforms.values.RandomizedMap;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/** How the values of the transforms are encoded. Beam finds these coders by itself. */
public final class BitgazeCoders implements CoderProviderRegistrar {
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();
  private static final VarIntCoder INT = VarIntCoder.of();
  private static final DoubleCoder DOUBLE = DoubleCoder.of();
  private static final BooleanCoder BOOLEAN = BooleanCoder.of();
  private static final OptionalDoubleCoder OPTIONAL_DOUBLE = new OptionalDoubleCoder();
  private static final FramingCoder FRAMING = new FramingCoder();
  private static final SceneCoder SCENE = new SceneCoder();
  private static final Coder<Mask> MASK = RecordCoder.of(Mask.class, INT, INT, BitSetCoder.of());

  /** Encodes a map as height, width and raw floats: 204 bytes for a map of 7 x 7. */
  public static final Coder<Heatmap> HEATMAP =
      RecordCoder.of(Heatmap.class, INT, INT, new FloatArrayCoder());

  /** Encodes an image as height, width and samples. */
  public static final Coder<RgbImage> RGB_IMAGE =
      RecordCoder.of(RgbImage.class, INT, INT, ByteArrayCoder.of());

  /** Encodes a whole image, fitted to the size at which saliency sees it. */
  public static final Coder<WholeImage> WHOLE_IMAGE =
      RecordCoder.of(WholeImage.class, INT, INT, RGB_IMAGE);

  private static final PictureCoder PICTURE = new PictureCoder();
  private static final MapPartCoder MAP_PART = new MapPartCoder();
  private static final Coder<Reference> REFERENCE =
      RecordCoder.of(Reference.class, STRING, new EnumCoder<>(Reference.Kind.class));

  /** Encodes a saliency map. */
  public static final Coder<SeenMap> SEEN_MAP =
      RecordCoder.of(SeenMap.class, REFERENCE, FRAMING, MAP_PART);

  /** Encodes a mask. */
  public static final Coder<SeenMask> SEEN_MASK = RecordCoder.of(SeenMask.class, FRAMING, MASK);

  /** Encodes a class activation map. */
  public static final Coder<CamMap> CAM_MAP =
      RecordCoder.of(
          CamMap.class,
          STRING,
          STRING,
          FRAMING,
          INT,
          DOUBLE,
          INT,
          BOOLEAN,
          HEATMAP,
          RecordCoder.of(Fidelity.class, OPTIONAL_DOUBLE, OPTIONAL_DOUBLE),
          new OptionalCoder<>(new PackedCoder<>(Answered.class)));

  /** Encodes what an image shows. */
  public static final Coder<Truth> TRUTH = new PackedCoder<>(Truth.class);

  /** Encodes a reject. */
  public static final Coder<Reject> REJECT = schema(Reject.class);

  private static final Coder<JudgedMap> JUDGED_MAP =
      RecordCoder.of(
          JudgedMap.class,
          STRING,
          STRING,
          REFERENCE,
          RecordCoder.of(
              Faithfulness.class,
              OPTIONAL_DOUBLE,
              OPTIONAL_DOUBLE,
              OPTIONAL_DOUBLE,
              OPTIONAL_DOUBLE));

  private static final Coder<MapChecks> MAP_CHECKS =
      RecordCoder.of(
          MapChecks.class,
          ListCoder.of(JUDGED_MAP),
          ListCoder.of(RecordCoder.of(RandomizedMap.class, STRING, REFERENCE, HEATMAP)));

  /** Encodes what is known of an image. */
  public static final Coder<ImageMaps> IMAGE_MAPS =
      RecordCoder.of(
          ImageMaps.class,
          new OptionalIntCoder(),
          new OptionalCoder<>(RecordCoder.of(ImageSize.class, INT, INT)),
          new OptionalCoder<>(TRUTH),
          ListCoder.of(SEEN_MASK),
          ListCoder.of(SEEN_MAP),
          ListCoder.of(CAM_MAP),
          ListCoder.of(REJECT),
          MAP_CHECKS);

  /** Encodes an image with its pixels. */
  public static final Coder<LiveImage> LIVE_IMAGE =
      RecordCoder.of(
          LiveImage.class,
          new OptionalCoder<>(PICTURE),
          IMAGE_MAPS,
          ListCoder.of(
              RecordCoder.of(NetworkOutputs.class, STRING, STRING, new FloatArrayCoder())));

  private static final Coder<ComparedMap> COMPARED_MAP =
      RecordCoder.of(ComparedMap.class, CAM_MAP, BOOLEAN, OPTIONAL_DOUBLE);

  /** Encodes an image's compared maps. */
  public static final Coder<ComparedImage> COMPARED_IMAGE =
      RecordCoder.of(
          ComparedImage.class,
          STRING,
          ListCoder.of(SEEN_MAP),
          ListCoder.of(SEEN_MASK),
          ListCoder.of(COMPARED_MAP));

  /** Encodes an exhibit. */
  public static final Coder<Exhibit> EXHIBIT =
      RecordCoder.of(
          Exhibit.class,
          ListCoder.of(
              RecordCoder.of(
                  ExhibitReason.class,
                  new EnumCoder<>(ExhibitReason.Kind.class),
                  STRING,
                  STRING,
                  NullableCoder.of(DOUBLE))),
          COMPARED_IMAGE);

  /**
   * Finds the coder of a value that has a schema.
   *
   * @param type a class with a Beam schema
   * @param <T> the class
   * @return its coder
   */
  public static <T> Coder<T> schema(Class<T> type) {
    try {
      return SchemaRegistry.createDefault().getSchemaCoder(type);
    } catch (NoSuchSchemaException e) {
      throw new IllegalArgumentException(type + " has no schema", e);
    }
  }

  @Override
  public List<CoderProvider> getCoderProviders() {
    return List.of(
        provider(Heatmap.class, HEATMAP),
        provider(Mask.class, MASK),
        provider(Framing.class, FRAMING),
        provider(RgbImage.class, RGB_IMAGE),
        provider(WholeImage.class, WHOLE_IMAGE),
        provider(MapPart.class, MAP_PART),
        provider(Picture.class, PICTURE),
        provider(SeenMap.class, SEEN_MAP),
        provider(SeenMask.class, SEEN_MASK),
        provider(CamMap.class, CAM_MAP),
        provider(ImageMaps.class, IMAGE_MAPS),
        provider(LiveImage.class, LIVE_IMAGE),
        provider(Truth.class, TRUTH),
        provider(ComparedMap.class, COMPARED_MAP),
        provider(ComparedImage.class, COMPARED_IMAGE),
        provider(Exhibit.class, EXHIBIT),
        provider(Scene.class, SCENE));
  }

  private static <T> CoderProvider provider(Class<T> type, Coder<T> coder) {
    return CoderProviders.forCoder(TypeDescriptor.of(type), coder);
  }
}
