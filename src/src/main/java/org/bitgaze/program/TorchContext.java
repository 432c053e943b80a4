package org.bitgaze.program;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * PyTorch's choice of libraries for convolutions, by functions of {@code at::Context} that DJL has
 * no name for. It matters most in virtual machines that do not tell the sizes of caches.
 */
final class TorchContext {
  private static final String GLOBAL = "_ZN2at13globalContextEv";
  private static final String ENABLE_NNPACK = "_ZN2at7Context20setUserEnabledNNPACKEb";
  private static final String SET_QUANTIZED_ENGINE = "_ZN2at7Context10setQEngineEN3c107QEngineE";

  /** c10::QEngine::FBGEMM. */
  private static final int FBGEMM = 1;

  private static final Path PROCESSOR = Path.of("/sys/devices/system/cpu/cpu0");

  private TorchContext() {}

  /**
   * Chooses once libtorch is loaded.
   *
   * <p>NNPACK is left out. PyTorch asks it first for convolutions of one pixel and uses it for 16
   * images and more, which then have other last bits than fewer; where caches are unknown, it
   * writes a warning each time instead, tens of thousands in an audit of a thousand images.
   *
   * <p>Where caches are unknown, integers are FBGEMM's: oneDNN's integer convolutions of one pixel
   * divide by zero there, which ends the process (libtorch 2.7.1, 512 to 1024 channels).
   */
  static void choose() {
    String file = System.mapLibraryName("torch_cpu");
    try {
      NativeLibrary torch =
          NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), file).toString());
      Pointer context = torch.getFunction(GLOBAL).invokePointer(new Object[0]);
      torch.getFunction(ENABLE_NNPACK).invokeVoid(new Object[] {context, false});
      if (hidesCaches()) {
        torch.getFunction(SET_QUANTIZED_ENGINE).invokeVoid(new Object[] {context, FBGEMM});
      }
    } catch (UnsatisfiedLinkError e) {
      // A build whose compiler names functions in another way keeps PyTorch's own choice.
    }
  }

  /** Whether Linux found no caches where it looks for them: in what the processor says of itself. */
  private static boolean hidesCaches() {
    return Files.exists(PROCESSOR) && !Files.exists(PROCESSOR.resolve("cache"));
  }
}
