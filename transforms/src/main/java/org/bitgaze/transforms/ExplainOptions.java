package org.bitgaze.transforms;

import java.io.Serializable;
import java.util.List;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.program.ModelFile;
import org.bitgaze.quant.Precision;
import org.bitgaze.zoo.Architecture;

/**
 * How one network is explained.
 *
 * @param model the network and its weights
 * @param targetLayer layer whose activations are weighed
 * @param cam how they are weighed, by {@link CamMethod#id}
 * @param precisions the integer precisions; f32 always runs
 * @param ranges where the ranges of quantized activations come from
 * @param target which class the integer precisions explain
 * @param batchSize images per native call
 * @param threadsPerWorker threads inside libtorch for each calling thread
 */
public record ExplainOptions(
    ModelFile model,
    String targetLayer,
    String cam,
    List<Precision> precisions,
    RangeMode ranges,
    TargetMode target,
    int batchSize,
    int threadsPerWorker)
    implements Serializable {

  /**
   * Takes the defaults: Grad-CAM++ at the network's last layer with height and width, int16 and
   * int8 with min-max ranges, explaining the class that f32 explains, one image at a time by one
   * thread.
   *
   * @param model the network and its weights
   * @return the options
   */
  public static ExplainOptions of(ModelFile model) {
    return new ExplainOptions(
        model,
        Architecture.of(model.architecture()).targetLayer(),
        CamMethod.GRADCAM_PLUS_PLUS.id(),
        List.of(Precision.of("int16"), Precision.of("int8")),
        RangeMode.MINMAX,
        TargetMode.REFERENCE,
        1,
        1);
  }

  /** Copies the precisions. */
  public ExplainOptions {
    // A serializable list, which List.copyOf's is.
    precisions = List.copyOf(precisions);
  }
}
