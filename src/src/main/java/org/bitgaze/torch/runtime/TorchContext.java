package org.bitgaze.torch.runtime;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Configures which libraries PyTorch uses for convolutions, by functions of {@code at::Context} to
 * which DJL gives no access.
 */
final class TorchContext {
  private static final String GLOBAL = "_ZN2at13globalContextEv";
  private static final String ENABLE_NNPACK = "_ZN2at7Context20setUserEnabledNNPACKEb";
  private static final String ENABLE_ONEDNN = "_ZN2at7Context20setUserEnabledMkldnnEb";
  private static final String QUANTIZED_ENGINE = "_ZNK2at7Context7qEngineEv";
  private static final String SET_QUANTIZED_ENGINE = "_ZN2at7Context10setQEngineEN3c107QEngineE";

  /** Of c10::QEngine. */
  private static final int FBGEMM = 1;

  /** Of c10::QEngine: FBGEMM and oneDNN, by the convolution. */
  private static final int X86 = 4;

  private static final int CHANNELS = 2;

  /** Outputs per channel. */
  private static final int MULTIPLIER = 2;

  private static final int SIDE = 3;

  /** The functions that are called. */
  static final List<String> FUNCTIONS =
      List.of(GLOBAL, ENABLE_NNPACK, ENABLE_ONEDNN, QUANTIZED_ENGINE, SET_QUANTIZED_ENGINE);

  private TorchContext() {}

  /**
   * Configures libtorch after it is loaded.
   *
   * <p>NNPACK is disabled. PyTorch prefers it for convolutions of one pixel with at least 16
   * images, which then differ in their last bits from smaller batches. On a virtual machine that
   * hides its cache sizes it writes a warning for each call instead, tens of thousands in an audit
   * of a thousand images.
   *
   * <p>oneDNN is disabled where it is wrong, see {@link #areSumsRight}.
   *
   * @return whether oneDNN is right on this machine
   */
  static OneDnn choose() {
    boolean right = areSumsRight();
    try {
      NativeLibrary torch = library();
      Pointer context = torch.getFunction(GLOBAL).invokePointer(new Object[0]);
      torch.getFunction(ENABLE_NNPACK).invokeVoid(new Object[] {context, false});
      if (right) {
        return OneDnn.TRUSTED;
      }
      torch.getFunction(ENABLE_ONEDNN).invokeVoid(new Object[] {context, false});
      // A C++ exception could not be caught. FBGEMM is available where the two together are the
      // default.
      if (torch.getFunction(QUANTIZED_ENGINE).invokeInt(new Object[] {context}) == X86) {
        torch.getFunction(SET_QUANTIZED_ENGINE).invokeVoid(new Object[] {context, FBGEMM});
      }
      return OneDnn.PROBED;
    } catch (LinkageError e) {
      // No JNA, or a build with other function names: PyTorch's defaults stay.
      return right ? OneDnn.TRUSTED : OneDnn.WRONG;
    }
  }

  /** {@return the library that DJL has loaded; its symbols stay hidden from other libraries} */
  static NativeLibrary library() {
    String file =
        Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu")).toString();
    // RTLD_LAZY, with RTLD_LOCAL where that is not the default.
    int flags = Platform.isMac() ? 1 | 4 : 1;
    Map<String, Object> options =
        Platform.isWindows() ? Map.of() : Map.of(Library.OPTION_OPEN_FLAGS, flags);
    return NativeLibrary.getInstance(file, options);
  }

  /**
   * Tells whether a depthwise convolution with several outputs per channel computes the sum of its
   * weights where all pixels are 1. oneDNN in libtorch 2.7.1 does not in a virtual machine on Zen 5
   * that hides its cache sizes; there, other convolutions are wrong or end the process, too.
   */
  static boolean areSumsRight() {
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
    } catch (EngineException e) {
      return false;
    }
  }
}
