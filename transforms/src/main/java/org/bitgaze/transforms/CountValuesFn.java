package org.bitgaze.transforms;

import java.io.IOException;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.quant.Range;
import org.bitgaze.torch.HistogramProgram;
import org.bitgaze.torch.runtime.ProgramCache;
import org.bitgaze.transforms.values.LiveImage;

/**
 * Counts the values of one model's activations between extremes that are known. Yields the sum of a
 * bundle's images.
 */
final class CountValuesFn extends DoFn<KV<String, LiveImage>, CountedValues> {
  private static final long serialVersionUID = 1L;
  private final Model model;
  private final PCollectionView<ObservedExtremes> extremes;
  private transient Preprocessing preprocessing;
  private transient ProgramCache.Lease<HistogramProgram> lease;
  private transient CountedValues sum;
  private transient boolean empty;

  CountValuesFn(Model model, PCollectionView<ObservedExtremes> extremes) {
    this.model = model;
    this.extremes = extremes;
  }

  @Setup
  public void setup() throws IOException {
    preprocessing = model.preprocessing();
    lease = HistogramProgram.lease(model);
  }

  @StartBundle
  public void startBundle() {
    sum = new CountedValues();
    empty = true;
  }

  @ProcessElement
  public void process(ProcessContext c) {
    String key = c.element().getKey();
    ObservedExtremes known = c.sideInput(extremes);
    // The first pass found that the model cannot take the other images.
    if (known.has(model.id(), key)) {
      RgbImage image = c.element().getValue().picture().orElseThrow().crop(preprocessing);
      Map<String, Range> ends = known.extremes(model.id());
      sum.add(model.id(), lease.program().run(image, key, ends));
      empty = false;
    }
  }

  @FinishBundle
  public void finishBundle(FinishBundleContext c) {
    if (!empty) {
      c.output(sum, GlobalWindow.INSTANCE.maxTimestamp(), GlobalWindow.INSTANCE);
    }
  }

  @Teardown
  public void teardown() {
    if (lease != null) {
      lease.close();
    }
  }
}
