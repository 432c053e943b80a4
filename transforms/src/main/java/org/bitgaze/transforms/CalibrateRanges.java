package org.bitgaze.transforms;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.image.RgbImage;
import org.bitgaze.program.ModelFile;
import org.bitgaze.program.ObserverProgram;
import org.bitgaze.program.Programs;
import org.bitgaze.quant.Range;

/**
 * Finds the range of each activation of a network over some images, for static quantization. The
 * only element holds quantization point to range, and nothing if there was no image.
 */
public final class CalibrateRanges
    extends PTransform<PCollection<KV<String, RgbImage>>, PCollection<Map<String, Range>>> {
  private static final long serialVersionUID = 1L;
  private final ModelFile model;
  private final RangeMode mode;

  private CalibrateRanges(ModelFile model, RangeMode mode) {
    this.model = model;
    this.mode = mode;
  }

  /**
   * Returns the transform.
   *
   * @param model the network
   * @param mode how the images' extremes are combined
   * @return the transform
   */
  public static CalibrateRanges of(ModelFile model, RangeMode mode) {
    return new CalibrateRanges(model, mode);
  }

  @Override
  public PCollection<Map<String, Range>> expand(PCollection<KV<String, RgbImage>> images) {
    return images
        .apply("Observe", ParDo.of(new ObserveFn(model)))
        .setCoder(RangesCoder.of())
        .apply("Combine", Combine.globally(mode.combineFn()))
        .setCoder(RangesCoder.of());
  }

  private static final class ObserveFn extends DoFn<KV<String, RgbImage>, Map<String, Range>> {
    private static final long serialVersionUID = 1L;
    private final ModelFile model;
    private transient Programs.Lease<ObserverProgram> lease;

    ObserveFn(ModelFile model) {
      this.model = model;
    }

    @Setup
    public void setup() throws IOException {
      lease = Programs.observer(model);
    }

    @ProcessElement
    public void process(
        @Element KV<String, RgbImage> image, OutputReceiver<Map<String, Range>> out) {
      out.output(lease.program().run(List.of(image.getValue())).get(0));
    }

    @Teardown
    public void teardown() {
      if (lease != null) {
        lease.close();
      }
    }
  }
}
