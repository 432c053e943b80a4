package org.bitgaze.program;

import org.bitgaze.op.Conv2d;
import org.bitgaze.op.Size;

/** Which of libtorch's convolutions a program calls where nobody differentiates. */
enum Convolutions {
  /** PyTorch's choice, wherever the program is loaded. */
  PORTABLE {
    @Override
    boolean callOneDnn(Conv2d convolution, Size image) {
      return false;
    }
  },

  /**
   * PyTorch's choice; on a machine where it is to leave oneDNN out (see {@link TorchContext}),
   * those of oneDNN's that are right all the same, for they take a tenth of the time.
   */
  HERE {
    @Override
    boolean callOneDnn(Conv2d convolution, Size image) {
      return TorchEngine.oneDnn() == OneDnn.ASKED && OneDnn.isRight(convolution, image);
    }
  };

  /**
   * Tells whether oneDNN is called by name.
   *
   * @param convolution the operation
   * @param image height and width of what it reads
   */
  abstract boolean callOneDnn(Conv2d convolution, Size image);
}
