package org.bitgaze.program;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * PyTorch's choice of libraries for convolutions, by functions of {@code at::Context} that DJL has
 * no name for.
 */
final class TorchContext {
  private static final String GLOBAL = "_ZN2at13globalContextEv";
  private static final String ENABLE_NNPACK = "_ZN2at7Context20setUserEnabledNNPACKEb";
  private static final String ENABLE_ONEDNN = "_ZN2at7Context20setUserEnabledMkldnnEb";
  private static final String SET_QUANTIZED_ENGINE = "_ZN2at7Context10setQEngineEN3c107QEngineE";

  private static final String WITHOUT_ONEDNN =
      "oneDNN's convolutions are wrong on this machine; PyTorch's own are taken, which take several"
          + " times as long where channels are grouped";

  /** c10::QEngine::FBGEMM. */
  private static final int FBGEMM = 1;

  /** Channels, and outputs that are made of each. */
  private static final int CHANNELS = 2;

  private static final int MULTIPLIER = 2;
  private static final int SIDE = 3;

  private TorchContext() {}

  /**
   * Chooses once libtorch is loaded.
   *
   * <p>NNPACK is left out. PyTorch asks it first for convolutions of one pixel and uses it for 16
   * images and more, which then have other last bits than fewer; where a virtual machine does not
   * tell its caches' sizes, it writes a warning each time instead, tens of thousands in an audit of
   * a thousand images.
   *
   * <p>oneDNN is left out where it is wrong, see {@link #isOneDnnRight}.
   *
   * @return what users should know of the choice; nothing where it is the usual one
   */
  static Optional<String> choose() {
    String file = System.mapLibraryName("torch_cpu");
    try {
      NativeLibrary torch =
          NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), file).toString());
      Pointer context = torch.getFunction(GLOBAL).invokePointer(new Object[0]);
      torch.getFunction(ENABLE_NNPACK).invokeVoid(new Object[] {context, false});
      if (!isOneDnnRight()) {
        torch.getFunction(ENABLE_ONEDNN).invokeVoid(new Object[] {context, false});
        torch.getFunction(SET_QUANTIZED_ENGINE).invokeVoid(new Object[] {context, FBGEMM});
        Logger.getLogger(TorchContext.class.getName()).warning(WITHOUT_ONEDNN);
        return Optional.of(WITHOUT_ONEDNN);
      }
    } catch (UnsatisfiedLinkError e) {
      // A build whose compiler names functions in another way keeps PyTorch's own choice.
    }
    return Optional.empty();
  }

  /**
   * Whether a depthwise convolution with several outputs a channel finds the sum of its weights
   * where all pixels are 1. libtorch 2.7.1 does not in virtual machines on Zen 5 that do not tell
   * their caches' sizes; other convolutions are wrong or end the process there, too.
   */
  private static boolean isOneDnnRight() {
    int outputs = CHANNELS * MULTIPLIER;
    float[] weights = new float[outputs * SIDE * SIDE];
    float[] sums = new float[outputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = i;
      sums[i / (SIDE * SIDE)] += i;
    }
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      // Channels last in memory, as images come.
      NDArray ones = manager.ones(new Shape(1, SIDE, SIDE, CHANNELS)).transpose(0, 3, 1, 2);
      NDArray weight = manager.create(weights, new Shape(outputs, 1, SIDE, SIDE));
      Shape one = new Shape(1, 1);
      float[] found =
          Conv2d.conv2d(ones, weight, null, one, new Shape(0, 0), one, CHANNELS)
              .singletonOrThrow()
              .toFloatArray();
      return Arrays.equals(sums, found);
    }
  }
}
