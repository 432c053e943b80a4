package org.bitgaze.torch.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bitgaze.network.Graph;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Script;
import org.bitgaze.network.op.Size;
import org.bitgaze.torch.emit.ConvolutionCalls;

/**
 * Calls oneDNN by name for the convolutions that it computes right, on a machine where PyTorch must
 * leave it out (see {@link TorchContext}); PyTorch chooses for all others, and on all other
 * machines. Programs stay in this JVM. Each image is computed on its own and in one thread, as in
 * the {@link OneDnnProbe}.
 */
public final class OneDnnCalls {
  /** For programs whose images have one size. */
  public static final ConvolutionCalls OF_ONE_SIZE =
      call ->
          isProbed() && OneDnnProbe.isRight(call.convolution(), call.image())
              ? byName(call, hasSize(call.x(), call.image()))
              : call.portable();

  /** The argument of a program for images of any size, see {@link OfAnySize#argument}. */
  public static final String ARGUMENT = "right";

  private OneDnnCalls() {}

  /** For programs that compute one image of any size at a time. */
  public static final class OfAnySize implements ConvolutionCalls {
    private final Graph graph;

    /** Photographs have a few dozen sizes. */
    private final Map<Size, Boolean> right = new ConcurrentHashMap<>();

    /**
     * Starts with no size tried.
     *
     * @param graph the network
     */
    public OfAnySize(Graph graph) {
      this.graph = graph;
    }

    @Override
    public String write(Call call) {
      if (!isProbed() || !OneDnnProbe.isTried(call.convolution())) {
        return call.portable();
      }
      String large = " and torch.numel(" + call.x() + ") > " + OneDnnProbe.MIN_ELEMENTS;
      return byName(
          call, "bool(" + ARGUMENT + ")" + (call.convolution().groups() > 1 ? "" : large));
    }

    /**
     * Makes the program's argument {@link #ARGUMENT}. The first image of a size may take longer.
     *
     * @param manager frees the array
     * @param image height and width of the image
     * @return whether oneDNN is right for every convolution of such an image that is called by
     *     name: 1 or 0
     */
    public NDArray argument(NDManager manager, Size image) {
      boolean all = isProbed() && right.computeIfAbsent(image, this::isRight);
      return manager.create(all ? 1f : 0f);
    }

    private boolean isRight(Size image) {
      try {
        return OneDnnProbe.isRight(graph, image);
      } catch (IllegalArgumentException e) {
        // The image does not fit the network: libtorch refuses it.
        return false;
      }
    }
  }

  private static boolean isProbed() {
    return TorchEngine.oneDnn() == OneDnn.PROBED;
  }

  static String byName(ConvolutionCalls.Call call, String condition) {
    String x = call.x();
    String one = text(call.convolution(), x, call.weight(), call.bias());
    String image = text(call.convolution(), "image", call.weight(), call.bias());
    return "((%s if torch.size(%s, 0) == 1 else torch.cat([%s for image in torch.split(%s, 1)], 0))"
            .formatted(one, x, image, x)
        + " if %s else %s)".formatted(condition, call.portable());
  }

  /** {@return a call of oneDNN, which cannot be differentiated} */
  static String text(Conv2d c, String x, String weight, String bias) {
    return Script.call(
        "mkldnn_convolution", x, weight, bias, c.padding(), c.stride(), c.dilation(), c.groups());
  }

  private static String hasSize(String x, Size image) {
    return "torch.size(%s, 2) == %d and torch.size(%s, 3) == %d"
        .formatted(x, image.height(), x, image.width());
  }
}
