package org.bitgaze.transforms;

import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Gives each key its label before the image is read, for models that explain the label. The keys
 * are spread over workers again afterwards.
 *
 * @param <T> what an image is read from
 */
final class JoinLabels<T>
    extends PTransform<PCollection<KV<String, T>>, PCollection<KV<String, KV<T, Integer>>>> {
  private static final long serialVersionUID = 1L;

  /** Stands for the label of an image that has none. */
  static final int NONE = -1;

  private final PCollection<KV<String, Integer>> labels;
  private final SpreadKeys<KV<T, Integer>> spreading;

  JoinLabels(PCollection<KV<String, Integer>> labels, SpreadKeys<KV<T, Integer>> spreading) {
    this.labels = labels;
    this.spreading = spreading;
  }

  @Override
  public PCollection<KV<String, KV<T, Integer>>> expand(PCollection<KV<String, T>> names) {
    Requirements.finiteWindows(labels, "Audit.withLabels");
    KvCoder<String, T> coder = (KvCoder<String, T>) names.getCoder();
    // Not anonymous subclasses, which would hold on to this transform.
    TupleTag<T> name = new TupleTag<>("name");
    TupleTag<Integer> label = new TupleTag<>("label");
    return KeyedPCollectionTuple.of(name, names)
        .and(label, labels)
        .apply("Join", CoGroupByKey.create())
        .apply("Label", ParDo.of(new LabelFn<>(name, label)))
        .setCoder(
            KvCoder.of(coder.getKeyCoder(), KvCoder.of(coder.getValueCoder(), VarIntCoder.of())))
        .apply("SpreadKeys", spreading);
  }

  private static final class LabelFn<T>
      extends DoFn<KV<String, CoGbkResult>, KV<String, KV<T, Integer>>> {
    private static final long serialVersionUID = 1L;
    private final TupleTag<T> name;
    private final TupleTag<Integer> label;

    LabelFn(TupleTag<T> name, TupleTag<Integer> label) {
      this.name = name;
      this.label = label;
    }

    @ProcessElement
    public void process(
        @Element KV<String, CoGbkResult> image, OutputReceiver<KV<String, KV<T, Integer>>> out) {
      int known = NONE;
      for (int l : image.getValue().getAll(label)) {
        // Of several labels the smallest counts: a join has no order.
        known = known == NONE ? l : Math.min(known, l);
      }
      for (T source : image.getValue().getAll(name)) {
        out.output(KV.of(image.getKey(), KV.of(source, known)));
      }
    }
  }
}
