package example;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.bitgaze.image.Heatmap;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.transforms.DecodeImages;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Another team's pipeline: product pictures arrive in a zip archive, and a line each is wanted that
 * says what a network sees in the picture and where in it. Two of Bitgaze's transforms do the work;
 * reading and writing are the team's own.
 *
 * <p>{@code java example.ShelfFocus pictures.zip focus.csv}
 */
public final class ShelfFocus {
  private ShelfFocus() {}

  public static void main(String[] args) {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    pipeline
        .apply("Archive", Create.of(args[0]))
        .apply("Unzip", ParDo.of(new UnzipFn()))
        .apply(DecodeImages.of((byte[] file) -> ImageDecoder.decode(file)))
        .apply(ExplainImages.of(model).withPrecisions("int8"))
        .apply("Focus", ParDo.of(new FocusFn(model.id())))
        .apply("Write", TextIO.write().to(args[1]).withoutSharding().withHeader("picture,class,x,y"));
    pipeline.run().waitUntilFinish();
  }

  /** Our pictures come in archives, which Bitgaze does not read. */
  private static final class UnzipFn extends DoFn<String, KV<String, byte[]>> {
    @ProcessElement
    public void process(@Element String archive, OutputReceiver<KV<String, byte[]>> out)
        throws IOException {
      byte[] all = Files.readAllBytes(Path.of(archive));
      try (InputStream bytes = new ByteArrayInputStream(all);
          ZipInputStream zip = new ZipInputStream(bytes)) {
        for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
          out.output(KV.of(e.getName(), zip.readAllBytes()));
        }
      }
    }
  }

  /** Where the int8 network looks, as a share of the crop's width and height. */
  private static final class FocusFn extends DoFn<KV<String, LiveImage>, String> {
    private final String model;

    FocusFn(String model) {
      this.model = model;
    }

    @ProcessElement
    public void process(@Element KV<String, LiveImage> image, OutputReceiver<String> out) {
      image
          .getValue()
          .maps()
          .cam(model, "int8")
          .ifPresent(cam -> out.output(image.getKey() + "," + line(cam)));
    }

    private static String line(CamMap cam) {
      Heatmap map = cam.cam();
      double sum = 0;
      double x = 0;
      double y = 0;
      for (int i = 0; i < map.values().length; i++) {
        double v = map.values()[i];
        sum += v;
        x += v * (i % map.width() + 0.5) / map.width();
        y += v * (i / map.width() + 0.5) / map.height();
      }
      return String.format(
          Locale.ROOT, "%d,%.3f,%.3f", cam.predictedClass(), x / sum, y / sum);
    }
  }
}
