package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Normalization;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.BatchNormStatistics;
import org.bitgaze.network.FoldBatchNorm;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Mode;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.op.AdaptiveAvgPool2d;
import org.bitgaze.network.op.Add;
import org.bitgaze.network.op.Conv2d;
import org.bitgaze.network.op.Flatten;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.ReLU6;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.AbsorbClamping;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.DynamicFakeQuantize;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.Interpreter;
import org.bitgaze.testing.Interpreter.Value;
import org.bitgaze.testing.Nets;
import org.bitgaze.testing.RandomGraph;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.zoo.LayerChoice;

/** Compiled programs against the operations' plain meaning, on random small networks. */
class CompiledGraphTest {
  private static final int SIDE = RandomGraph.SIDE;

  private static int tried;
  private static int compared;
  private static int transformers;
  private static int comparedTransformers;
  private static int integers;
  private static int close;

  @AfterContainer
  static void mapsWereCompared() {
    assertTrue(compared >= tried / 4, compared + " of " + tried + " maps could be compared");
    assertTrue(
        comparedTransformers >= transformers / 20,
        comparedTransformers + " of " + transformers + " transformers' maps could be compared");
  }

  @AfterContainer
  static void integersWereClose() {
    assertTrue(close >= 0.9 * integers, close + " of " + integers + " networks agree");
    System.out.println(close + " of " + integers + " networks in integers agree");
  }

  /** Every operation, folding, and Grad-CAM++ against difference quotients. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void floatProgramsMeanTheirGraphs(@ForAll long seed) throws IOException {
    tried++;
    compared += floatProgramMeansItsGraph(RandomGraph.of(seed), seed) ? 1 : 0;
  }

  /** Attention and all that surrounds it. */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void floatTransformersMeanTheirGraphs(@ForAll long seed) throws IOException {
    transformers++;
    comparedTransformers += floatProgramMeansItsGraph(RandomGraph.transformer(seed), seed) ? 1 : 0;
  }

  /** Checks logits and map; returns whether there was a map to compare. */
  private static boolean floatProgramMeansItsGraph(RandomGraph.Built built, long seed)
      throws IOException {
    TensorSource weights = new FormulaWeights(built.graph());
    RgbImage image = image(seed);
    Interpreter interpreter = new Interpreter(built.graph(), weights);
    Map<String, Value> values = interpreter.run(Map.of(input(built.graph()), normalize(image)));
    double[] logits = values.get(built.graph().output().name()).data();
    String target = fit(built);
    Explanation found = explain(built.graph(), weights, target, Quantization.NONE, image);
    double scale = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
    assertEquals(0, Golden.error(found.logits(), narrow(logits), scale), 1e-4);
    double[] cam = map(interpreter, built.graph(), values, target, found.explained());
    // In units of what the channels add up to before they cancel; where that is nothing but
    // rounding, there is nothing to compare.
    double summed = cam.length == 0 ? 0 : cam[cam.length - 1];
    if (summed > 1e-9) {
      float[] map = narrow(Arrays.copyOf(cam, cam.length - 1));
      assertEquals(0, Golden.error(found.cam().values(), map, summed), 2e-3);
    }
    return summed > 1e-9;
  }

  /** 16 bits, whose steps are fine enough for a norm to magnify them. */
  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void quantizedTransformersMeanTheirGraphs(@ForAll long seed) throws IOException {
    RandomGraph.Built built = RandomGraph.transformer(seed);
    TensorSource weights = new FormulaWeights(built.graph());
    RgbImage image = image(seed);
    Precision precision = Precision.of("int16");
    for (Quantization quantization :
        List.of(
            new Quantization.Static(precision, ranges(built.graph(), weights, image)),
            new Quantization.Dynamic(precision))) {
      Network network = new Network(built.graph(), weights);
      Network quantized = quantization.apply(network, ActivationScheme.DEPLOYMENT);
      double[] logits =
          new Interpreter(quantized)
              .run(Map.of(input(quantized.graph()), normalize(image)))
              .get(quantized.graph().output().name())
              .data();
      Explanation found = explain(built.graph(), weights, fit(built), quantization, image);
      double scale = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
      assertEquals(0, Golden.error(found.logits(), narrow(logits), scale), 2e-3);
    }
  }

  /** Every pass and precision; a value at the edge of two steps may fall either way. */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void quantizedProgramsMeanTheirGraphs(@ForAll long seed) throws IOException {
    RandomGraph.Built built = RandomGraph.of(seed);
    TensorSource weights = new FormulaWeights(built.graph());
    RgbImage image = image(seed);
    Network folded = new Network(built.graph(), weights).apply(new FoldBatchNorm());
    for (String name :
        List.of("int16", "int8", "int8-per-channel", "int4", "int16-dynamic", "int8-dynamic")) {
      Quantization quantization =
          name.endsWith("-dynamic")
              ? new Quantization.Dynamic(Precision.of(name.replace("-dynamic", "")))
              : new Quantization.Static(Precision.of(name), ranges(built.graph(), weights, image));
      Network quantized = quantization.apply(folded, ActivationScheme.DEPLOYMENT);
      double[] logits =
          new Interpreter(quantized)
              .run(Map.of(input(quantized.graph()), normalize(image)))
              .get(quantized.graph().output().name())
              .data();
      Explanation found = explain(built.graph(), weights, fit(built), quantization, image);
      double scale = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
      int bits = name.startsWith("int16") ? 16 : name.startsWith("int8") ? 8 : 4;
      // A flipped step is 2^-bits of a range, felt in several places.
      double tolerance = Math.max(1e-4, 16 * Math.pow(2, -bits));
      if (bits == 4) {
        // A single step is a sixteenth of everything: that much agrees, and no more can be asked.
        assertTrue(Golden.correlation(found.logits(), narrow(logits)) > 0.5, name);
      } else {
        assertEquals(0, Golden.error(found.logits(), narrow(logits), scale), tolerance, name);
      }
    }
  }

  /**
   * Kernels beside operations that have none, in any order; they round means and biases, too. A
   * mean over a whole image that is rounded to its input's steps may be a large part of the narrow
   * range behind it: nine of ten networks are held to the tolerance, see {@link
   * #integersWereClose}.
   */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void integerProgramsMeanTheirGraphs(@ForAll long seed) throws IOException {
    RandomGraph.Built built = RandomGraph.of(seed);
    TensorSource weights = new FormulaWeights(built.graph());
    RgbImage image = image(seed);
    OpenModel model = open(built.graph(), weights, fit(built));
    for (String name : List.of("int8", "int8-per-channel", "int7")) {
      if (!name.equals("int7") && !Bytes8.areExact()) {
        System.out.println(name + ": not run, " + Bytes8.REFUSED);
        continue;
      }
      Quantization quantization =
          new Quantization.Static(Precision.of(name), ranges(built.graph(), weights, image));
      Explanation expected = explain(built.graph(), weights, fit(built), quantization, image);
      try (CamProgram program =
          CamProgram.of(model, quantization, MapMethod.GRADCAM_PLUS_PLUS, Arithmetic.INTEGER)) {
        Explanation found = program.run(List.of(image), new int[] {expected.explained()}).get(0);
        double scale = 0;
        for (float logit : expected.logits()) {
          scale = Math.max(scale, Math.abs(logit));
        }
        double tolerance = 24 * Math.pow(2, -Precision.of(name).bits());
        integers++;
        close += Golden.error(found.logits(), expected.logits(), scale) <= tolerance ? 1 : 0;
      }
    }
  }

  /** Each image's own statistics and unfused points, in float and quantized. */
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void trainingModeMeansItsGraphs(@ForAll long seed) throws IOException {
    RandomGraph.Built built = RandomGraph.of(seed);
    TensorSource weights = new FormulaWeights(built.graph());
    RgbImage image = image(seed);
    Execution execution =
        new Execution(
            Resize.CROP,
            new Mode(BatchNormStatistics.IMAGE, false),
            ActivationScheme.PAPER,
            LayerChoice.PAPER);
    OpenModel model =
        new OpenModel(new Network(built.graph(), weights), SMALL, fit(built), execution);
    for (Quantization quantization :
        List.of(Quantization.NONE, new Quantization.Dynamic(Precision.of("int16")))) {
      Network network =
          quantization.apply(model.network().apply(execution.mode()), execution.scheme());
      double[] logits =
          new Interpreter(network)
              .run(Map.of(input(network.graph()), normalize(image)))
              .get(network.graph().output().name())
              .data();
      Path file = Files.createTempFile("bitgaze", ".pt");
      try (CamProgram program = compiled(model, quantization, file)) {
        Explanation found = program.run(List.of(image), new int[] {CamProgram.OWN_CLASS}).get(0);
        double scale = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
        double tolerance = quantization == Quantization.NONE ? 1e-3 : 2e-2;
        assertEquals(0, Golden.error(found.logits(), narrow(logits), scale), tolerance);
        // By its own extremes nothing is clipped.
        assertFalse(found.clipped());
      } finally {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Operations may be made for a size, and shapes must be those of the images that come. */
  private static final Preprocessing SMALL =
      Preprocessing.IMAGENET.with(new CenterCrop(SIDE, SIDE));

  private static OpenModel open(Graph graph, TensorSource weights, String target) {
    return new OpenModel(new Network(graph, weights), SMALL, target, Execution.DEPLOYMENT);
  }

  private static CamProgram compiled(OpenModel model, Quantization quantization, Path file)
      throws IOException {
    return new CamProgram(
        file,
        CamProgram.compile(model, quantization, MapMethod.TORCHCAM, Arithmetic.SIMULATED, file));
  }

  /** What passes the target by is read after the backbone has run, which must not overwrite it. */
  @Property(tries = 1)
  void whatPassesTheTargetByIsNotOverwritten() throws IOException {
    Graph graph =
        new Graph(
            "bypass",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("conv", "conv", Conv2d.of(3, 4, 1), List.of("input")),
                new Node("side", "side", Conv2d.of(4, 4, 1), List.of("conv")),
                new Node("target", "target", new ReLU6(), List.of("conv")),
                new Node("add", "add", new Add(), List.of("target", "side")),
                new Node("pool", "pool", AdaptiveAvgPool2d.of(1), List.of("add")),
                new Node("flatten", "flatten", new Flatten(), List.of("pool"))));
    TensorSource weights = new FormulaWeights(graph);
    RgbImage image = image(5);
    double[] logits =
        new Interpreter(graph, weights)
            .run(Map.of("input", normalize(image)))
            .get("flatten")
            .data();
    OpenModel model =
        new OpenModel(
            new Network(graph, weights),
            SMALL,
            "target",
            new Execution(Resize.CROP, Mode.EVAL, ActivationScheme.DEPLOYMENT, LayerChoice.PAPER));
    Path file = Files.createTempFile("bitgaze", ".pt");
    try (CamProgram program = compiled(model, Quantization.NONE, file)) {
      Explanation found = program.run(List.of(image), new int[] {2}).get(0);
      assertEquals(0, Golden.error(found.logits(), narrow(logits), 1), 1e-5);
      // The side's gradient is not in it: a pixel's is that of the mean, 1 / pixels.
      double weight = SIDE * SIDE * Math.pow(1.0 / (SIDE * SIDE), 3);
      double[] target =
          new Interpreter(graph, weights)
              .run(Map.of("input", normalize(image)))
              .get("target")
              .data();
      for (int p = 0; p < SIDE * SIDE; p++) {
        assertEquals(
            weight * target[2 * SIDE * SIDE + p], found.cam().values()[p], 1e-5 * 6 * weight);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    OpenModel cut =
        new OpenModel(model.network(), model.preprocessing(), "target", Execution.DEPLOYMENT);
    assertThrows(IllegalArgumentException.class, cut::targetNode);
  }

  /** The four passes over memory are PyTorch's kernel, to the bit (but for the sign of a zero). */
  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void overwritingFakeQuantizationIsTheKernels(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int bits = 2 + random.nextInt(15);
    var integers = Precision.of("int" + bits).activations();
    FakeQuantize q = new Range(-random.nextDouble() * 3, random.nextDouble() * 3).affine(integers);
    for (var op : List.of(q, new DynamicFakeQuantize(integers))) {
      Graph graph =
          new Graph(
              "one",
              List.of(
                  new Node("input", "input", new Input(3), List.of()),
                  new Node("conv", "conv", Conv2d.of(3, 4, 3), List.of("input")),
                  new Node("quantized", "quantized", op, List.of("conv"))));
      TensorSource weights = new FormulaWeights(graph);
      RgbImage image = image(seed);
      float[] kernel = run(graph, weights, image, ProgramText.Use.DIFFERENTIATED);
      assertArrayEquals(kernel, run(graph, weights, image, ProgramText.Use.OVERWRITTEN));
    }
  }

  @Example
  void theInputIsOverwrittenWhereTheProgramMadeIt() {
    FakeQuantize q = new Range(-2, 2).affine(Precision.of("int8").activations());
    Graph graph =
        new Graph(
            "one",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("quantized", "quantized", q, List.of("input"))));
    for (boolean owned : new boolean[] {true, false}) {
      ProgramText text = ProgramText.ofAttributes(graph, Size.of(SIDE));
      InputText.of(Normalization.IMAGENET).write(text);
      if (!owned) {
        text.bind("input", text.variable("input"));
      }
      text.write(graph.names(), ProgramText.Use.OVERWRITTEN);
      assertEquals(
          owned, text.lines().stream().anyMatch(line -> line.contains("torch.mul_(normalized")));
    }
  }

  /** To the bit, too. */
  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void absorbedActivationsAreNotMissed(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int bits = 2 + random.nextInt(15);
    double max = random.nextBoolean() ? 6 : 0.5 + 6 * random.nextDouble();
    FakeQuantize q = new Range(0, max).affine(Precision.of("int" + bits).activations());
    Graph graph =
        new Graph(
            "absorb",
            List.of(
                new Node("input", "input", new Input(3), List.of()),
                new Node("conv", "conv", Conv2d.of(3, 4, 3), List.of("input")),
                new Node("relu6", "relu6", new ReLU6(), List.of("conv")),
                new Node("quantized", "quantized", q, List.of("relu6"))));
    TensorSource weights = scaled(new FormulaWeights(graph), 5);
    Graph absorbed = new AbsorbClamping(Set.of()).rewrite(graph).graph();
    boolean covered = max <= 6 || Math.rint(6f / q.scale()) >= q.integers().qmax();
    assertEquals(covered ? 3 : 4, absorbed.nodes().size());
    RgbImage image = image(seed);
    assertArrayEquals(
        run(graph, weights, image, ProgramText.Use.OVERWRITTEN),
        run(absorbed, weights, image, ProgramText.Use.OVERWRITTEN));
  }

  private static float[] run(Graph graph, TensorSource weights, RgbImage image, ProgramText.Use use)
      throws IOException {
    ProgramText text = ProgramText.ofAttributes(graph, Size.of(SIDE));
    InputText.of(Normalization.IMAGENET).write(text);
    text.write(graph.names(), use);
    text.add("return torch.contiguous(" + text.variable(graph.output().name()) + ")");
    Path file = Files.createTempFile("bitgaze", ".pt");
    try {
      TorchScriptArchive.write(
          file, text, new Network(graph, weights), "images: Tensor) -> Tensor");
      try (Model model = TorchEngine.load(file);
          NDManager manager = model.getNDManager().newSubManager()) {
        NDList in = new NDList(Batches.toArray(manager, List.of(image)));
        float[] values = TorchEngine.run(model, in, 1).get(0).toFloatArray();
        for (int i = 0; i < values.length; i++) {
          values[i] += 0f; // of two zeros, the sign does not count
        }
        return values;
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static TensorSource scaled(TensorSource weights, float factor) throws IOException {
    Map<String, org.bitgaze.weights.Tensor> all = new HashMap<>();
    for (String name : weights.names()) {
      var tensor = weights.read(name);
      float[] data = tensor.data().clone();
      for (int i = 0; i < data.length; i++) {
        data[i] *= factor;
      }
      all.put(name, new org.bitgaze.weights.Tensor(tensor.shape(), data));
    }
    return new org.bitgaze.weights.TensorMap("scaled", all);
  }

  private static Ranges ranges(Graph graph, TensorSource weights, RgbImage image)
      throws IOException {
    try (ObserverProgram program = ObserverProgram.of(open(graph, weights, ""))) {
      Observations all = new Observations();
      program.run(List.of(image)).forEach(all::add);
      return all.ranges(RangeMode.MINMAX);
    }
  }

  private static Explanation explain(
      Graph graph, TensorSource weights, String target, Quantization quantization, RgbImage image)
      throws IOException {
    Path folder = Files.createTempDirectory("bitgaze");
    try (CamProgram program = Nets.program(open(graph, weights, target), quantization)) {
      return program.run(List.of(image), new int[] {CamProgram.OWN_CLASS}).get(0);
    } finally {
      Files.deleteIfExists(folder.resolve("program.pt"));
      Files.deleteIfExists(folder);
    }
  }

  /** The target, or what follows it, if it is folded away. */
  private static String fit(RandomGraph.Built built) {
    return TargetLayer.candidates(built.graph(), SIDE).contains(built.target())
        ? built.target()
        : TargetLayer.candidates(built.graph(), SIDE).get(0);
  }

  /**
   * Grad-CAM++ and the largest sum of magnitudes in it, or nothing where its formula is a quotient
   * of almost nothing by almost nothing.
   */
  private static double[] map(
      Interpreter interpreter, Graph graph, Map<String, Value> values, String layer, int explained)
      throws IOException {
    String target = TargetLayer.resolve(graph, layer, SIDE);
    Value a = values.get(target);
    String output = graph.output().name();
    Map<String, Value> known = new HashMap<>();
    graph.ancestors(target).forEach(node -> known.put(node, values.get(node)));
    double[] g = new double[a.data().length];
    double step = 1e-6;
    for (int i = 0; i < g.length; i++) {
      double[] moved = a.data().clone();
      moved[i] += step;
      known.put(target, new Value(a.shape(), moved));
      double up = interpreter.run(known).get(output).data()[explained];
      moved[i] -= 2 * step;
      double down = interpreter.run(known).get(output).data()[explained];
      g[i] = (up - down) / (2 * step);
      double here = values.get(output).data()[explained];
      if (Math.abs(up + down - 2 * here) > 1e-2 * Math.abs(up - down) + 1e-12) {
        return new double[0];
      }
    }
    int plane = a.shape()[1] * a.shape()[2];
    double[] cam = new double[plane];
    double[] magnitudes = new double[plane];
    for (int k = 0; k < a.shape()[0]; k++) {
      double sum = Arrays.stream(a.data(), k * plane, (k + 1) * plane).sum();
      double weight = 0;
      for (int p = k * plane; p < (k + 1) * plane; p++) {
        double x = Math.abs(g[p]) < 1e-9 ? 0 : g[p];
        double below = 2 * x * x + sum * x * x * x + 1e-6;
        if (Math.abs(below) < 0.2 * (2 * x * x + Math.abs(sum * x * x * x) + 1e-6)) {
          return new double[0];
        }
        double alpha = x == 0 ? 0 : x * x / below;
        weight += Math.max(x, 0) * alpha;
      }
      for (int p = 0; p < plane; p++) {
        cam[p] += weight * a.data()[k * plane + p];
        magnitudes[p] += Math.abs(weight * a.data()[k * plane + p]);
      }
    }
    double[] map = Arrays.copyOf(cam, plane + 1);
    Arrays.setAll(map, p -> Math.max(map[p], 0));
    map[plane] = Arrays.stream(magnitudes).max().orElseThrow();
    return map;
  }

  private static String input(Graph graph) {
    return graph.nodes().get(0).name();
  }

  private static RgbImage image(long seed) {
    byte[] pixels = new byte[SIDE * SIDE * 3];
    new Random(seed ^ 0x5bd1e995).nextBytes(pixels);
    return new RgbImage(SIDE, SIDE, pixels);
  }

  private static Value normalize(RgbImage image) {
    double[] data = new double[3 * SIDE * SIDE];
    for (int i = 0; i < data.length; i++) {
      int c = i / (SIDE * SIDE);
      int sample = image.pixels()[i % (SIDE * SIDE) * 3 + c] & 0xff;
      Normalization n = Normalization.IMAGENET;
      data[i] = (float) ((sample / 255.0 - n.mean().get(c)) / n.std().get(c));
    }
    return new Value(new int[] {3, SIDE, SIDE}, data);
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  /** Names decide nothing: two that differ in a dot only are two variables. */
  @Property(tries = 1)
  void namesMayCollide() throws IOException {
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node("input", "input", new Input(3), List.of()));
    nodes.add(new Node("a.b", "a.b", Conv2d.of(3, 4, 1), List.of("input")));
    nodes.add(new Node("a_b", "a_b", Conv2d.of(4, 4, 1), List.of("a.b")));
    nodes.add(new Node("a-b", "a-b", Conv2d.of(4, 4, 1), List.of("a_b")));
    Graph graph = new Graph("names", nodes);
    TensorSource weights = new FormulaWeights(graph);
    RgbImage image = image(3);
    double[] expected =
        new Interpreter(graph, weights).run(Map.of("input", normalize(image))).get("a-b").data();
    float[] found = run(graph, weights, image, ProgramText.Use.OVERWRITTEN);
    assertTrue(Golden.error(found, narrow(expected), 1) < 1e-5);
  }
}
