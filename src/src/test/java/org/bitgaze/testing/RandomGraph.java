package org.bitgaze.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Node;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.AddConstant;
import org.bitgaze.network.op.AddMask;
import org.bitgaze.network.op.AvgPool2d;
import org.bitgaze.network.op.BatchNorm2d;
import org.bitgaze.network.op.Cat;
import org.bitgaze.network.op.Clamp;
import org.bitgaze.network.op.Constant;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.ConvTranspose2d;
import org.bitgaze.network.op.Div;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.ELU;
import org.bitgaze.network.op.Expand;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.GELU;
import org.bitgaze.network.op.Gather;
import org.bitgaze.network.op.GroupNorm;
import org.bitgaze.network.op.HardSigmoid;
import org.bitgaze.network.op.HardSwish;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.Interpolate;
import org.bitgaze.network.op.LayerNorm;
import org.bitgaze.network.op.LeakyReLU;
import org.bitgaze.network.op.Linear;
import org.bitgaze.network.op.MatMul;
import org.bitgaze.network.op.MaxPool2d;
import org.bitgaze.network.op.Mul;
import org.bitgaze.network.op.MulConstant;
import org.bitgaze.network.op.Op;
import org.bitgaze.network.op.PReLU;
import org.bitgaze.network.op.Pad;
import org.bitgaze.network.op.PaddingMode;
import org.bitgaze.network.op.Permute;
import org.bitgaze.network.op.Pow;
import org.bitgaze.network.op.RMSNorm;
import org.bitgaze.network.op.ReLU;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Reciprocal;
import org.bitgaze.network.op.Reduce;
import org.bitgaze.network.op.Reshape;
import org.bitgaze.network.op.Roll;
import org.bitgaze.network.op.ScalarAffine;
import org.bitgaze.network.op.SiLU;
import org.bitgaze.network.op.Sigmoid;
import org.bitgaze.network.op.Size;
import org.bitgaze.network.op.Slice;
import org.bitgaze.network.op.Softmax;
import org.bitgaze.network.op.Sub;
import org.bitgaze.network.op.Tanh;
import org.bitgaze.network.op.UnaryFunction;

/** Small networks of all operations, with names that would mean something to a compiler. */
public final class RandomGraph {
  /** Side of the images they take. */
  public static final int SIDE = 12;

  private static final String[] NAMES = {
    "class",
    "torch",
    "a",
    "g",
    "t0",
    "n1_a",
    "p0_class.weight",
    "0",
    "self",
    "logits",
    "x;import os"
  };

  private final Random random;
  private final List<Node> nodes = new ArrayList<>();

  private RandomGraph(long seed) {
    this.random = new Random(seed);
  }

  /** A network and the node whose activations may be weighed. */
  public record Built(Graph graph, String target) {}

  /** Makes a network; the same for a seed. */
  public static Built of(long seed) {
    return new RandomGraph(seed).build();
  }

  /** Makes a small vision transformer, whose target is the patches' embedding. */
  public static Built transformer(long seed) {
    return new RandomGraph(seed).buildTransformer();
  }

  private static final int TOKENS = 10;
  private static final int WIDTH = 8;
  private static final int HEADS = 2;

  private Built buildTransformer() {
    String x =
        add(
            new Conv2d(
                3, WIDTH, Size.of(4), Size.of(4), Size.ZERO, Size.ONE, 1, true, PaddingMode.ZEROS),
            add(new Input(3)));
    x = random.nextBoolean() ? add(new GroupNorm(2, WIDTH, 1e-5), x) : x;
    String target = add(new ReLU(), x);
    x = add(new Permute(List.of(2, 1)), add(new Reshape(List.of(WIDTH, TOKENS - 1)), target));
    x = add(new Cat(1), add(new Constant(List.of(1, WIDTH)), x), x);
    x = add(new AddConstant(List.of(TOKENS, WIDTH)), x);
    x = add(new Add(), x, attention(norm(x)));
    x = add(new Add(), x, feedForward(norm(x)));
    x = token(random.nextBoolean() ? norm(x) : x);
    add(new Linear(WIDTH, 5), x);
    return new Built(new Graph("transformer", nodes), target);
  }

  private String norm(String x) {
    return add(random.nextBoolean() ? new LayerNorm(WIDTH, 1e-5) : new RMSNorm(WIDTH, 1e-5), x);
  }

  private String attention(String x) {
    String all = add(new Linear(WIDTH, 3 * WIDTH), x);
    String query = heads(all, 0, List.of(2, 1, 3));
    String key = heads(all, 1, List.of(2, 3, 1));
    String value = heads(all, 2, List.of(2, 1, 3));
    String scores = add(new ScalarAffine(0.5, 0), add(new MatMul(), query, key));
    scores =
        random.nextBoolean() ? add(new AddConstant(List.of(HEADS, 1, TOKENS)), scores) : scores;
    scores = random.nextInt(4) == 0 ? add(new AddMask(List.of(1, TOKENS, TOKENS)), scores) : scores;
    String y = add(new MatMul(), add(new Softmax(3), scores), value);
    y = add(new Reshape(List.of(TOKENS, WIDTH)), add(new Permute(List.of(2, 1, 3)), y));
    return add(new Linear(WIDTH, WIDTH), y);
  }

  private String heads(String all, int part, List<Integer> order) {
    String x = add(new Slice(2, part * WIDTH, (part + 1) * WIDTH, 1), all);
    x = add(new Reshape(List.of(TOKENS, HEADS, WIDTH / HEADS)), x);
    return add(new Permute(order), x);
  }

  private String feedForward(String x) {
    String y = add(new Linear(WIDTH, 2 * WIDTH), x);
    y = add(new GELU(random.nextBoolean()), y);
    return add(new Linear(2 * WIDTH, WIDTH), function(y));
  }

  /** Functions that decomposed layers are made of; where they want it, of positive values. */
  private String function(String x) {
    String positive = add(new ScalarAffine(2, 0.5), add(new Sigmoid(), x));
    int[] s = shape(x);
    return switch (random.nextInt(9)) {
      case 0 -> add(new UnaryFunction(UnaryFunction.Kind.ERF), x);
      case 1 -> add(new UnaryFunction(UnaryFunction.Kind.EXP), add(new Tanh(), x));
      case 2 -> add(new UnaryFunction(UnaryFunction.Kind.SQRT), positive);
      case 3 -> add(new Reciprocal(), positive);
      case 4 -> add(new Pow(1.5), positive);
      case 5 -> add(new Pow(2), x);
      case 6 -> add(new Roll(1 + random.nextInt(2), random.nextInt(5) - 2), x);
      case 7 -> {
        Reduce.Kind kind = Reduce.Kind.values()[random.nextInt(4)];
        String mean = add(new Reduce(kind, List.of(2), true), x);
        yield add(
            new Add(), x, random.nextBoolean() ? mean : add(new Expand(List.of(s[0], s[1])), mean));
      }
      default -> x;
    };
  }

  /** One vector for the head. */
  private String token(String x) {
    return switch (random.nextInt(3)) {
      case 0 -> add(new Flatten(), add(new Gather(1, List.of(0)), x));
      case 1 -> add(new Reduce(Reduce.Kind.MEAN, List.of(1), false), x);
      default ->
          add(
              new Reduce(Reduce.Kind.MEAN, List.of(1), false),
              add(new Gather(1, List.of(3, 0, 3)), x));
    };
  }

  private Built build() {
    String x = add(new Input(3));
    int steps = 3 + random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      x = step(x);
    }
    String target = activation(convolution(x, 1 + random.nextInt(4), Size.of(1), Size.ONE, 1));
    x = random.nextBoolean() ? convolution(target, 4, Size.of(1), Size.ONE, 1) : target;
    x = random.nextBoolean() ? activation(x) : x;
    x = add(new AdaptiveAvgPool2d(new Size(1, 1 + random.nextInt(2))), x);
    x = add(new Flatten(), x);
    x = random.nextBoolean() ? add(Dropout.of(0.5), x) : x;
    add(new Linear(shape(x)[0], 5), x);
    return new Built(new Graph("random", nodes), target);
  }

  private String step(String x) {
    int channels = shape(x)[0];
    switch (random.nextInt(9)) {
      case 0:
        // A window needs something to look at.
        return shape(x)[1] < 4 || shape(x)[2] < 4 ? activation(x) : add(pooling(), x);
      case 1:
        String left = activation(convolution(x, channels, Size.of(3), Size.ONE, 1));
        return random.nextBoolean() ? activation(add(new Add(), left, x)) : add(new Add(), x, left);
      case 2:
        return add(new Cat(), x, activation(convolution(x, 2, Size.of(1), Size.ONE, 1)));
      case 3:
        String s = add(AdaptiveAvgPool2d.of(1), x);
        s = add(new Sigmoid(), convolution(s, channels, Size.of(1), Size.ONE, 1));
        return add(new Mul(), s, x);
      case 4:
        return activation(add(new BatchNorm2d(channels, 1e-5), x));
      case 5:
        return imported(x);
      case 6:
        String y = activation(convolution(x, channels, Size.of(1), Size.ONE, 1));
        // A quotient's divisor stays away from 0.
        return random.nextBoolean()
            ? add(new Sub(), x, y)
            : add(new Div(), x, add(new ScalarAffine(0.5, 2), add(new Sigmoid(), y)));
      default:
        Size kernel = new Size(1 + random.nextInt(3), 1 + random.nextInt(3));
        Size stride = new Size(1 + random.nextInt(2), 1 + random.nextInt(2));
        int groups = random.nextBoolean() ? channels : 1;
        return activation(
            convolution(x, channels * (1 + random.nextInt(2)), kernel, stride, groups));
    }
  }

  /** Operations that only importers make. */
  private String imported(String x) {
    int[] s = shape(x);
    List<Integer> each = List.of(s[0], 1, 1);
    boolean small = s[1] < 5 || s[2] < 5;
    return switch (random.nextInt(8)) {
      case 0 -> add(new MulConstant(random.nextBoolean() ? each : List.of(1, s[1], s[2])), x);
      case 1 -> add(new AddConstant(each), x);
      case 2 ->
          add(
              new Pad(
                  0,
                  1,
                  2,
                  0,
                  small
                      ? PaddingMode.ZEROS
                      : PaddingMode.values()[random.nextInt(PaddingMode.values().length)],
                  random.nextGaussian()),
              x);
      case 3 -> {
        // A channel shuffle of one group: to (1, channels, ...), turned, and back.
        String groups = add(new Reshape(List.of(1, s[0], s[1], s[2])), x);
        String turned = add(new Permute(List.of(2, 1, 3, 4)), groups);
        yield add(new Reshape(List.of(s[0], s[1], s[2])), turned);
      }
      case 4 -> {
        int axis = 2 + random.nextInt(2);
        yield small ? x : add(new Slice(axis, 1, s[axis - 1], 1 + s[axis - 1] / 8), x);
      }
      case 5 ->
          s[1] > SIDE || s[2] > SIDE
              ? x
              : add(
                  new Interpolate(
                      new Size(s[1] + 1, 2 * s[2]), Interpolate.Kind.values()[random.nextInt(4)]),
                  x);
      case 6 -> {
        int groups = random.nextBoolean() ? s[0] : 1;
        boolean large = s[1] > SIDE || s[2] > SIDE;
        Size stride = large ? Size.ONE : new Size(1, 2);
        Size more = large ? Size.ZERO : new Size(0, 1);
        Size three = new Size(3, 2);
        String y =
            add(
                new ConvTranspose2d(
                    s[0], s[0], three, stride, new Size(1, 0), more, Size.ONE, groups, groups > 1),
                x);
        yield random.nextBoolean() ? add(new BatchNorm2d(s[0], 1e-3), y) : y;
      }
      default -> add(new Permute(List.of(1, 3, 2)), x);
    };
  }

  private String convolution(String x, int out, Size kernel, Size stride, int groups) {
    int in = shape(x)[0];
    boolean bias = random.nextBoolean();
    Size dilation = new Size(1, 1 + random.nextInt(2));
    Size padding = new Size((kernel.height() - 1) / 2, dilation.width() * (kernel.width() - 1) / 2);
    boolean same = kernel.height() == 3 && kernel.width() == 3;
    PaddingMode mode = PaddingMode.values()[random.nextInt(PaddingMode.values().length)];
    // Padding that an image of one pixel has not: what is outside must be inside somewhere.
    boolean small = shape(x)[1] < 3 || shape(x)[2] < 3;
    Op conv =
        new Conv2d(
            in,
            out,
            kernel,
            stride,
            same ? new Size(1, dilation.width()) : padding,
            dilation,
            groups,
            bias,
            small ? PaddingMode.ZEROS : mode);
    String y = add(conv, x);
    return random.nextBoolean() ? add(new BatchNorm2d(out, 1e-3), y) : y;
  }

  private Op pooling() {
    return switch (random.nextInt(4)) {
      case 0 -> new MaxPool2d(new Size(3, 2), Size.of(1), new Size(1, 1), Size.ONE, false);
      case 1 -> MaxPool2d.of(3, 2, random.nextInt(2)).withCeilMode();
      case 2 -> new MaxPool2d(Size.of(2), Size.ONE, Size.ZERO, new Size(2, 1), false);
      default ->
          new AvgPool2d(
              Size.of(3),
              new Size(1, 1 + random.nextInt(2)),
              Size.of(1),
              random.nextBoolean(),
              random.nextBoolean());
    };
  }

  private String activation(String x) {
    return switch (random.nextInt(13)) {
      case 6 -> add(new Tanh(), x);
      case 7 -> add(new ELU(random.nextDouble()), x);
      case 8 -> add(new HardSigmoid(1.0 / 6, 0.5), x);
      case 9 -> add(new HardSwish(), x);
      case 10 -> add(new Clamp(-random.nextDouble(), random.nextDouble()), x);
      case 11 -> add(new ScalarAffine(random.nextGaussian(), random.nextGaussian()), x);
      case 12 -> add(new PReLU(random.nextBoolean() ? 1 : shape(x)[0]), x);
      case 4 -> add(new LeakyReLU(random.nextDouble()), x);
      case 0 -> add(new ReLU(), x);
      case 1 -> add(new ReLU6(), x);
      case 2 -> add(new SiLU(), x);
      case 3 -> add(new Sigmoid(), x);
      default -> x;
    };
  }

  private int[] shape(String node) {
    return Shapes.of(new Graph("part", nodes), SIDE, SIDE).get(node);
  }

  private String add(Op op, String... inputs) {
    String name = NAMES[random.nextInt(NAMES.length)];
    String unique =
        nodes.stream().anyMatch(n -> n.name().equals(name)) ? name + nodes.size() : name;
    nodes.add(new Node(unique, unique, op, List.of(inputs)));
    return unique;
  }
}
