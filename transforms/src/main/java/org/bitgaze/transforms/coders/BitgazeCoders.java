package org.bitgaze.transforms.coders;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviderRegistrar;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.bitgaze.image.Framing;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.MapPart;
import org.bitgaze.image.Mask;
import org.bitgaze.image.Picture;
import org.bitgaze.image.RgbImage;
import org.bitgaze.image.WholeImage;
import org.bitgaze.scene.Scene;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.ComparedMap;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.ImageMaps;
import org.bitgaze.transforms.values.LiveImage;
import org.bitgaze.transforms.values.SeenMap;
import org.bitgaze.transforms.values.SeenMask;

/** Tells Beam how the values that flow are encoded, so that nobody needs to set a coder. */
public final class BitgazeCoders implements CoderProviderRegistrar {

  @Override
  public List<CoderProvider> getCoderProviders() {
    return List.of(
        provider(Heatmap.class, HeatmapCoder.of()),
        provider(Mask.class, MaskCoder.of()),
        provider(Framing.class, FramingCoder.of()),
        provider(RgbImage.class, RgbImageCoder.of()),
        provider(WholeImage.class, WholeImageCoder.of()),
        provider(MapPart.class, MapPartCoder.of()),
        provider(Picture.class, PictureCoder.of()),
        provider(SeenMap.class, SeenMapCoder.of()),
        provider(SeenMask.class, SeenMaskCoder.of()),
        provider(CamMap.class, CamMapCoder.of()),
        provider(ImageMaps.class, ImageMapsCoder.of()),
        provider(LiveImage.class, LiveImageCoder.of()),
        provider(ComparedMap.class, ComparedMapCoder.of()),
        provider(ComparedImage.class, ComparedImageCoder.of()),
        provider(Exhibit.class, ExhibitCoder.of()),
        provider(Scene.class, SceneCoder.of()));
  }

  private static <T> CoderProvider provider(Class<T> type, Coder<T> coder) {
    return CoderProviders.forCoder(TypeDescriptor.of(type), coder);
  }
}
