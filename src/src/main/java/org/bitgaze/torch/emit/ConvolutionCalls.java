package org.bitgaze.torch.emit;

import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Size;

/** Decides how a program calls convolutions whose result is not differentiated. */
@FunctionalInterface
public interface ConvolutionCalls {
  /** PyTorch chooses the library, on any machine that loads the program. */
  ConvolutionCalls PORTABLE = Call::portable;

  /**
   * Writes a call.
   *
   * @param call what to compute
   * @return an expression; any other than {@link Call#portable} binds the program to this machine
   */
  String write(Call call);

  /**
   * A convolution in a program.
   *
   * @param convolution the operation, which pads with zeros if at all
   * @param image height and width of the input that the program was written for
   * @param x the variable that holds the input, (N, in, height, width)
   * @param weight an expression for the weight
   * @param bias an expression for the bias, or None
   */
  record Call(Conv2d convolution, Size image, String x, String weight, String bias) {

    /** {@return a call of PyTorch's own function, which chooses a library} */
    public String portable() {
      return convolution.conv2d(x, weight, bias, convolution.padding());
    }
  }
}
