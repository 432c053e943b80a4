package org.bitgaze.torch;

import java.util.Optional;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Size;

/** Which of libtorch's convolutions a program calls where nobody differentiates. */
@FunctionalInterface
interface Convolutions {
  /** PyTorch's choice, wherever the program is loaded. */
  Convolutions PORTABLE = (convolution, x, image) -> Optional.empty();

  /**
   * PyTorch's choice; on a machine where it is to leave oneDNN out (see {@link TorchContext}),
   * those of oneDNN's that are right all the same. For a program that stays in this JVM.
   */
  Convolutions THIS_MACHINE =
      (convolution, x, image) ->
          TorchEngine.oneDnn() == OneDnn.PROBED && OneDnnProbe.isRight(convolution, image)
              ? Optional.of(isOfSize(x, image))
              : Optional.empty();

  /**
   * The same for a program of one image of any size, whose variable {@code tried} (bool) says
   * whether {@link OneDnnProbe#isRight(org.bitgaze.network.Graph, Size)} holds for this one.
   */
  Convolutions IF_TRIED =
      (convolution, x, image) -> {
        if (TorchEngine.oneDnn() != OneDnn.PROBED || !OneDnnProbe.isTried(convolution)) {
          return Optional.empty();
        }
        String large = " and torch.numel(" + x + ") > " + OneDnnProbe.SMALL;
        return Optional.of("tried" + (convolution.groups() > 1 ? "" : large));
      };

  /**
   * Returns when oneDNN is called by name.
   *
   * @param convolution the operation
   * @param x the variable that holds what it reads
   * @param image height and width that this is expected to have
   * @return a condition; nothing where PyTorch chooses
   */
  Optional<String> oneDnn(Conv2d convolution, String x, Size image);

  private static String isOfSize(String x, Size image) {
    return "torch.size(%s, 2) == %d and torch.size(%s, 3) == %d"
        .formatted(x, image.height(), x, image.width());
  }
}
