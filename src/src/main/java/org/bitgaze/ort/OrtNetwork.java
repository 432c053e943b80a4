package org.bitgaze.ort;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.platform.Fp16Conversions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.perturb.Activations;
import org.bitgaze.explain.perturb.ForwardNetwork;
import org.bitgaze.explain.perturb.TargetState;
import org.bitgaze.explain.task.Task;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.image.ImageSize;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.model.Model;
import org.bitgaze.model.ModelInfo;
import org.bitgaze.network.TargetView;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.InputDescription.Layout;
import org.bitgaze.onnx.file.ElementType;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.torch.runtime.NativeCallLimiter;
import org.bitgaze.torch.runtime.StartupClock;

/**
 * A file that ONNX Runtime runs. Every call has the same number of images, so that results do not
 * depend on how they are batched. Any number of threads may use it at once.
 */
final class OrtNetwork implements ForwardNetwork {
  /** Images per call: more hardly save time. */
  private static final int BATCH = 4;

  private final DeployedFile file;
  private final DeployedOutputs outputs;
  private final boolean optimizations;
  private final String target;

  /** As the importer sees the target; empty if it cannot read the file. */
  private final Optional<TargetView> view;

  private final OrtSession whole;

  /** Of each thread: new memory for each call would cost more than a copy into it. */
  private final ThreadLocal<FloatBuffer> buffers;

  /** Loaded when they are first needed; the second one is null until the first has run. */
  private CutFile cut;

  private OrtSession front;
  private OrtSession back;

  private OrtNetwork(
      DeployedFile file,
      DeployedOutputs outputs,
      boolean optimizations,
      String target,
      Optional<TargetView> view,
      OrtSession whole) {
    this.file = file;
    this.outputs = outputs;
    this.optimizations = optimizations;
    this.target = target;
    this.view = view;
    this.whole = whole;
    int bytes = batchSize() * 3 * file.size().height() * file.size().width() * Float.BYTES;
    buffers = ThreadLocal.withInitial(() -> buffer(bytes).asFloatBuffer());
  }

  /**
   * Reads and loads a model's file.
   *
   * @param model an ONNX file
   * @param preprocessing what is done to images
   * @param target the tensor that maps weigh, or an empty text
   * @return the network
   * @throws OnnxException if the target is no image
   * @throws IOException if the file cannot be read, or ONNX Runtime refuses it
   */
  static OrtNetwork read(Model model, Preprocessing preprocessing, String target)
      throws IOException {
    ModelInfo info = model.info();
    InputDescription description = model.input().with(preprocessing);
    if (!info.objective().isClassification()) {
      Task task = Named.find(Task.values(), "task", info.objective().id());
      description = description.with(TaskDescription.of(task));
    }
    if (!target.isEmpty() && !info.noImage().isEmpty()) {
      throw new OnnxException(
          "%s: the target layer '%s' is no image: %s; use another method or target layer"
              .formatted(model.location(), target, info.noImage()),
          null);
    }
    DeployedFile file = DeployedFile.read(Path.of(model.location()), description);
    return of(
        file,
        new DeployedOutputs(file, info.objective(), info.scores()),
        model.graphOptimizations(),
        target,
        target.isEmpty() ? Optional.empty() : info.targetView());
  }

  /**
   * Loads a classifier's file that the importer has not seen.
   *
   * @param file the file
   * @param optimizations whether ONNX Runtime optimizes the graph
   * @param target the tensor that maps weigh, or an empty text
   * @return the network
   * @throws IOException if ONNX Runtime refuses the file
   */
  static OrtNetwork of(DeployedFile file, boolean optimizations, String target) throws IOException {
    return of(
        file,
        new DeployedOutputs(file, Objective.CLASSIFICATION, file.scores()),
        optimizations,
        target,
        Optional.empty());
  }

  private static OrtNetwork of(
      DeployedFile file,
      DeployedOutputs outputs,
      boolean optimizations,
      String target,
      Optional<TargetView> view)
      throws IOException {
    try {
      return new OrtNetwork(
          file, outputs, optimizations, target, view, OrtRuntime.load(file.model(), optimizations));
    } catch (OrtException e) {
      throw new OnnxException(file.path() + ": ONNX Runtime refuses it: " + e.getMessage(), e);
    }
  }

  @Override
  public ImageSize size() {
    return new ImageSize(file.size().width(), file.size().height());
  }

  @Override
  public int batchSize() {
    return file.oneByOne() ? 1 : BATCH;
  }

  @Override
  public List<float[]> outputs(List<float[]> inputs) {
    return outputs(inputs, outputs::read);
  }

  @Override
  public List<float[]> outputs(List<float[]> inputs, int[] indices) {
    return outputs(inputs, raw -> outputs.read(raw, indices));
  }

  private List<float[]> outputs(List<float[]> inputs, Function<List<float[]>, float[]> read) {
    List<float[]> all = new ArrayList<>();
    for (int start = 0; start < inputs.size(); start += batchSize()) {
      List<float[]> batch = inputs.subList(start, Math.min(start + batchSize(), inputs.size()));
      try (OnnxTensor tensor = images(batch)) {
        all.addAll(run(whole, file.input(), tensor, read).subList(0, batch.size()));
      } catch (OrtException e) {
        throw failed(e);
      }
    }
    return all;
  }

  DeployedFile file() {
    return file;
  }

  /**
   * What the file computes of an input.
   *
   * @param scores its scores, as {@link #outputs} returns them
   * @param tensors other tensors, by name
   */
  record Exposed(float[] scores, Map<String, Numbers> tensors) {}

  /**
   * A tensor as it flows.
   *
   * @param shape without the batch
   * @param values integers where it is quantized
   */
  record Numbers(int[] shape, float[] values) {}

  /**
   * Runs a copy of the file that also returns other tensors.
   *
   * @param tensors their names
   * @param inputs as for {@link #outputs}
   * @return for each input, in order, what it gives; tensors of unusual types or without a batch
   *     are left out
   */
  List<Exposed> expose(List<String> tensors, List<float[]> inputs) {
    GraphProto.Builder graph = file.model().getGraph().toBuilder();
    Set<String> wanted = new LinkedHashSet<>();
    graph.getOutputList().forEach(o -> wanted.add(o.getName()));
    tensors.stream()
        .filter(wanted::add)
        .forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    wanted.retainAll(Set.copyOf(tensors));
    wanted.addAll(file.outputs());
    try (OrtSession session =
        OrtRuntime.load(file.model().toBuilder().setGraph(graph).build(), optimizations)) {
      List<Exposed> all = new ArrayList<>();
      for (float[] input : inputs) {
        try (OnnxTensor images = images(List.of(input));
            OrtSession.Result result = session.run(Map.of(file.input(), images), wanted)) {
          Map<String, Numbers> found = new LinkedHashMap<>();
          for (String name : tensors) {
            numbers((OnnxTensor) result.get(name).orElseThrow()).ifPresent(n -> found.put(name, n));
          }
          all.add(new Exposed(outputs(result, batchSize(), outputs::read).get(0), found));
        }
      }
      return all;
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  /** Of the first image. */
  private Optional<Numbers> numbers(OnnxTensor tensor) throws OrtException {
    long[] shape = tensor.getInfo().getShape();
    if (shape.length < 2 || shape[0] != batchSize()) {
      return Optional.empty();
    }
    int[] own = Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray();
    int size = Arrays.stream(own).reduce(1, Math::multiplyExact);
    return switch (tensor.getInfo().type) {
      case FLOAT, FLOAT16, DOUBLE ->
          Optional.of(new Numbers(own, Arrays.copyOf(floats(tensor), size)));
      case INT16 -> {
        ShortBuffer shorts = tensor.getShortBuffer();
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
          values[i] = shorts.get(i);
        }
        yield Optional.of(new Numbers(own, values));
      }
      case UINT8, INT8 -> {
        boolean signed = tensor.getInfo().type == OnnxJavaType.INT8;
        ByteBuffer bytes = tensor.getByteBuffer();
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
          values[i] = signed ? bytes.get(i) : bytes.get(i) & 0xff;
        }
        yield Optional.of(new Numbers(own, values));
      }
      default -> Optional.empty();
    };
  }

  private IllegalStateException failed(OrtException e) {
    return new IllegalStateException(file.path() + ": ONNX Runtime: " + e.getMessage(), e);
  }

  /** Runs a session, and returns the outputs. */
  private List<float[]> run(
      OrtSession session, String input, OnnxTensor tensor, Function<List<float[]>, float[]> read)
      throws OrtException {
    long begun = NativeCallLimiter.begin();
    try (OrtSession.Result result =
        session.run(Map.of(input, tensor), new LinkedHashSet<>(file.outputs()))) {
      return outputs(result, tensor.getInfo().getShape()[0], read);
    } finally {
      NativeCallLimiter.end(begun);
      StartupClock.recordMap();
    }
  }

  private List<float[]> outputs(
      OrtSession.Result result, long images, Function<List<float[]>, float[]> read)
      throws OrtException {
    List<float[]> all = new ArrayList<>();
    for (String name : file.outputs()) {
      OnnxTensor tensor = (OnnxTensor) result.get(name).orElseThrow();
      outputs.check(name, tensor.getInfo().getShape(), images);
      all.add(floats(tensor));
    }
    List<float[]> byImage = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      List<float[]> own = new ArrayList<>();
      for (float[] values : all) {
        int size = (int) (values.length / images);
        own.add(Arrays.copyOfRange(values, i * size, (i + 1) * size));
      }
      byImage.add(read.apply(own));
    }
    return byImage;
  }

  private float[] floats(OnnxTensor tensor) throws OrtException {
    OnnxJavaType type = tensor.getInfo().type;
    if (type == OnnxJavaType.DOUBLE) {
      double[] doubles = new double[tensor.getDoubleBuffer().remaining()];
      tensor.getDoubleBuffer().get(doubles);
      float[] narrow = new float[doubles.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (float) doubles[i];
      }
      return narrow;
    }
    FloatBuffer buffer = tensor.getFloatBuffer();
    if (buffer == null) {
      throw new IllegalStateException(
          file.path() + ": a tensor is " + type + ", where real numbers are expected");
    }
    float[] floats = new float[buffer.remaining()];
    buffer.get(floats);
    return floats;
  }

  /** A full batch of images, in the file's layout, order of colors and type. */
  private OnnxTensor images(List<float[]> inputs) throws OrtException {
    long height = file.size().height();
    long width = file.size().width();
    int pixels = Math.toIntExact(height * width);
    FloatBuffer floats = buffers.get().clear();
    boolean last = file.layout() == Layout.NHWC;
    float[] arranged = last || file.blueFirst() ? new float[3 * pixels] : new float[0];
    for (int n = 0; n < batchSize(); n++) {
      float[] input = inputs.get(Math.min(n, inputs.size() - 1));
      if (arranged.length == 0) {
        floats.put(input);
        continue;
      }
      for (int c = 0; c < 3; c++) {
        int from = (file.blueFirst() ? 2 - c : c) * pixels;
        if (last) {
          for (int i = 0; i < pixels; i++) {
            arranged[3 * i + c] = input[from + i];
          }
        } else {
          System.arraycopy(input, from, arranged, c * pixels, pixels);
        }
      }
      floats.put(arranged);
    }
    long[] shape =
        last
            ? new long[] {batchSize(), height, width, 3}
            : new long[] {batchSize(), 3, height, width};
    if (file.inputType() == ElementType.FLOAT) {
      return OnnxTensor.createTensor(OrtRuntime.environment(), floats.flip(), shape);
    }
    ShortBuffer halves = Fp16Conversions.convertFloatBufferToFp16Buffer(floats.flip());
    return OnnxTensor.createTensor(OrtRuntime.environment(), halves, shape, OnnxJavaType.FLOAT16);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Loads the front, once. */
  private synchronized OrtSession front() throws IOException, OrtException {
    if (front == null) {
      if (target.isEmpty()) {
        throw new UnsupportedOperationException(
            file.path() + ": the target layer is not known; --target-layer names a tensor");
      }
      cut = CutFile.of(file, target);
      front = OrtRuntime.load(cut.front(), optimizations);
    }
    return front;
  }

  @Override
  public TargetState target(float[] input) {
    try (OnnxTensor images = images(List.of(input))) {
      OrtSession session = front();
      long begun = NativeCallLimiter.begin();
      try (OrtSession.Result result =
          session.run(Map.of(file.input(), images), Set.of(cut.tensor()))) {
        return new Target((OnnxTensor) result.get(0));
      } finally {
        NativeCallLimiter.end(begun);
      }
    } catch (OrtException e) {
      throw failed(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tensor as it flows, of the first image. */
  private final class Target implements TargetState {
    private final OnnxJavaType type;
    private final long[] shape;
    private final int[] own;
    private final TargetView seen;
    private final byte[] bytes;
    private final Activations activations;

    Target(OnnxTensor tensor) throws OrtException {
      type = tensor.getInfo().type;
      shape = tensor.getInfo().getShape();
      own = Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray();
      seen = seen();
      byte[] all = new byte[tensor.getByteBuffer().remaining()];
      tensor.getByteBuffer().get(all);
      bytes = Arrays.copyOf(all, all.length / batchSize());
      float[] values = values(tensor, Arrays.stream(own).reduce(1, Math::multiplyExact));
      activations =
          new Activations(
              seen.channels(own), seen.height(), seen.width(), seen.channelsFirst(values, own));
    }

    /** The view that the importer knows; else that of the pooling before the output. */
    private TargetView seen() {
      if (shape.length < 3 || shape[0] != batchSize() || (view.isEmpty() && shape.length != 4)) {
        throw new UnsupportedOperationException(
            "%s: the target layer '%s' has shape %s; channels, height and width are expected"
                .formatted(file.path(), target, Arrays.toString(shape)));
      }
      try {
        return view.isEmpty() ? ofPooling() : view.get().check(own);
      } catch (IllegalArgumentException e) {
        throw new UnsupportedOperationException(
            "%s: '%s': %s; use another method or target layer"
                .formatted(file.path(), target, e.getMessage()),
            e);
      }
    }

    /** What is pooled shows the order of the dimensions. */
    private TargetView ofPooling() {
      return file.pooledLast()
          ? new TargetView(TargetView.Layout.CHANNELS_LAST, 0, own[0], own[1])
          : TargetView.of(own);
    }

    /** Real numbers: quantized ones as (q - zero) * scale in float32. */
    private float[] values(OnnxTensor tensor, int size) throws OrtException {
      if (type != OnnxJavaType.UINT8 && type != OnnxJavaType.INT8) {
        return Arrays.copyOf(floats(tensor), size);
      }
      CutFile.Step step =
          cut.quantized()
              .orElseThrow(
                  () ->
                      new UnsupportedOperationException(
                          "%s: '%s' is quantized, and no node says by which scale"
                              .formatted(file.path(), cut.tensor())));
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        int q = type == OnnxJavaType.UINT8 ? bytes[i] & 0xff : bytes[i];
        values[i] = (q - step.zero()) * step.scale();
      }
      return values;
    }

    private ElementType element() {
      return switch (type) {
        case FLOAT16 -> ElementType.FLOAT16;
        case DOUBLE -> ElementType.DOUBLE;
        case UINT8 -> ElementType.UINT8;
        case INT8 -> ElementType.INT8;
        default -> ElementType.FLOAT;
      };
    }

    @Override
    public Activations activations() {
      return activations;
    }

    @Override
    public List<float[]> outputsWithout(int[] channels) {
      try {
        OrtSession session = back(element(), shape);
        List<float[]> all = new ArrayList<>();
        for (int start = 0; start < channels.length; start += batchSize()) {
          int[] batch =
              Arrays.copyOfRange(channels, start, Math.min(start + batchSize(), channels.length));
          try (OnnxTensor tensor = without(batch)) {
            all.addAll(run(session, cut.tensor(), tensor, outputs::read).subList(0, batch.length));
          }
        }
        return all;
      } catch (OrtException e) {
        throw failed(e);
      }
    }

    private OnnxTensor without(int[] channels) throws OrtException {
      int width = bytes.length / Arrays.stream(own).reduce(1, Math::multiplyExact);
      byte zero = (byte) (int) cut.quantized().map(CutFile.Step::zero).orElse(0);
      ByteBuffer buffer = buffer(batchSize() * bytes.length);
      for (int n = 0; n < batchSize(); n++) {
        int channel = channels[Math.min(n, channels.length - 1)];
        byte[] ablated = bytes.clone();
        if (channel >= 0) {
          seen.elements(channel, own)
              .forEach(i -> Arrays.fill(ablated, i * width, (i + 1) * width, zero));
        }
        buffer.put(ablated);
      }
      return OnnxTensor.createTensor(OrtRuntime.environment(), buffer.flip(), shape, type);
    }
  }

  /** Loads the back, once. */
  private synchronized OrtSession back(ElementType type, long[] shape) throws OrtException {
    if (back == null) {
      back = OrtRuntime.load(cut.back(type.code(), shape), optimizations);
    }
    return back;
  }

  @Override
  public synchronized void close() {
    try {
      whole.close();
      if (front != null) {
        front.close();
      }
      if (back != null) {
        back.close();
      }
    } catch (OrtException e) {
      throw failed(e);
    }
  }
}
