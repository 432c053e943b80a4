package org.bitgaze.program;

import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Size;

/** Which of libtorch's convolutions a program calls where nobody differentiates. */
@FunctionalInterface
interface Convolutions {
  /** PyTorch's choice, wherever the program is loaded. */
  Convolutions PORTABLE = (convolution, image) -> false;

  /**
   * PyTorch's choice; on a machine where it is to leave oneDNN out (see {@link TorchContext}),
   * those of oneDNN's that are right all the same. For a program that stays in this JVM.
   */
  Convolutions THIS_MACHINE =
      (convolution, image) ->
          TorchEngine.oneDnn() == OneDnn.PROBED && OneDnnProbe.isRight(convolution, image);

  /**
   * Tells whether oneDNN is called by name.
   *
   * @param convolution the operation
   * @param image height and width of what it reads
   * @return false where PyTorch chooses
   */
  boolean callOneDnn(Conv2d convolution, Size image);
}
