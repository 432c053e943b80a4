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
import org.bitgaze.explain.perturb.Activations;
import org.bitgaze.explain.perturb.ForwardNetwork;
import org.bitgaze.explain.perturb.TargetState;
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
      boolean optimizations,
      String target,
      Optional<TargetView> view,
      OrtSession whole) {
    this.file = file;
    this.optimizations = optimizations;
    this.target = target;
    this.view = view;
    this.whole = whole;
    int bytes = batchSize() * 3 * file.side() * file.side() * Float.BYTES;
    buffers = ThreadLocal.withInitial(() -> buffer(bytes).asFloatBuffer());
  }

  /**
   * Reads and loads a file.
   *
   * @param path of the file
   * @param description describes its input
   * @param optimizations whether ONNX Runtime optimizes the graph
   * @param target the tensor that maps weigh, or an empty text
   * @param view how the importer sees the target; empty if it cannot read the file
   * @return the network
   * @throws OnnxException if the target is not channels, height and width
   * @throws IOException if the file cannot be read, or ONNX Runtime refuses it
   */
  static OrtNetwork read(
      Path path,
      InputDescription description,
      boolean optimizations,
      String target,
      Optional<TargetView> view)
      throws IOException {
    if (view.filter(v -> v.layout() != TargetView.Layout.CHANNELS_FIRST).isPresent()) {
      throw new OnnxException(
          ("%s: the target layer '%s' has another view (%s) than channels, height and width; use"
                  + " another method or target layer")
              .formatted(path, target, view.get()),
          null);
    }
    return of(DeployedFile.read(path, description), optimizations, target, view);
  }

  /**
   * Loads a file that the importer has not seen.
   *
   * @param file the file
   * @param optimizations whether ONNX Runtime optimizes the graph
   * @param target the tensor that maps weigh, or an empty text
   * @return the network
   * @throws IOException if ONNX Runtime refuses the file
   */
  static OrtNetwork of(DeployedFile file, boolean optimizations, String target) throws IOException {
    return of(file, optimizations, target, Optional.empty());
  }

  private static OrtNetwork of(
      DeployedFile file, boolean optimizations, String target, Optional<TargetView> view)
      throws IOException {
    try {
      return new OrtNetwork(
          file, optimizations, target, view, OrtRuntime.load(file.model(), optimizations));
    } catch (OrtException e) {
      throw new OnnxException(file.path() + ": ONNX Runtime refuses it: " + e.getMessage(), e);
    }
  }

  @Override
  public int side() {
    return file.side();
  }

  @Override
  public int batchSize() {
    return file.oneByOne() ? 1 : BATCH;
  }

  @Override
  public List<float[]> outputs(List<float[]> inputs) {
    List<float[]> all = new ArrayList<>();
    for (int start = 0; start < inputs.size(); start += batchSize()) {
      List<float[]> batch = inputs.subList(start, Math.min(start + batchSize(), inputs.size()));
      try (OnnxTensor tensor = images(batch)) {
        all.addAll(run(whole, file.input(), tensor).subList(0, batch.size()));
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
    Set<String> outputs = new LinkedHashSet<>(List.of(file.output()));
    graph.getOutputList().forEach(o -> outputs.add(o.getName()));
    tensors.stream()
        .filter(outputs::add)
        .forEach(name -> graph.addOutput(ValueInfoProto.newBuilder().setName(name)));
    outputs.retainAll(Set.copyOf(tensors));
    outputs.add(file.output());
    try (OrtSession session =
        OrtRuntime.load(file.model().toBuilder().setGraph(graph).build(), optimizations)) {
      List<Exposed> all = new ArrayList<>();
      for (float[] input : inputs) {
        try (OnnxTensor images = images(List.of(input));
            OrtSession.Result result = session.run(Map.of(file.input(), images), outputs)) {
          Map<String, Numbers> found = new LinkedHashMap<>();
          for (String name : tensors) {
            numbers((OnnxTensor) result.get(name).orElseThrow()).ifPresent(n -> found.put(name, n));
          }
          OnnxTensor scores = (OnnxTensor) result.get(file.output()).orElseThrow();
          all.add(new Exposed(scores(scores, batchSize()).get(0), found));
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

  /** Runs a session, and returns the scores. */
  private List<float[]> run(OrtSession session, String input, OnnxTensor tensor)
      throws OrtException {
    long begun = NativeCallLimiter.begin();
    try (OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(file.output()))) {
      return scores((OnnxTensor) result.get(0), tensor.getInfo().getShape()[0]);
    } finally {
      NativeCallLimiter.end(begun);
      StartupClock.recordMap();
    }
  }

  private List<float[]> scores(OnnxTensor tensor, long images) throws OrtException {
    float[] all = floats(tensor);
    if (all.length % images != 0 || tensor.getInfo().getShape()[0] != images) {
      throw new IllegalStateException(
          "%s: %d images gave an output of shape %s"
              .formatted(file.path(), images, Arrays.toString(tensor.getInfo().getShape())));
    }
    try {
      DeployedFile.requireOneRow(file.output(), tensor.getInfo().getShape());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(file.path() + ": " + e.getMessage(), e);
    }
    if (file.scores() == DeployedFile.Scores.PROBABILITIES) {
      for (int i = 0; i < all.length; i++) {
        all[i] = Math.max((float) Math.log(all[i]), OrtPrecision.LOG_OF_ZERO);
      }
    }
    int size = (int) (all.length / images);
    List<float[]> scores = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      scores.add(Arrays.copyOfRange(all, i * size, (i + 1) * size));
    }
    return scores;
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
    int pixels = file.side() * file.side();
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
    long side = file.side();
    long[] shape =
        last ? new long[] {batchSize(), side, side, 3} : new long[] {batchSize(), 3, side, side};
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
    private final byte[] bytes;
    private final Activations activations;

    Target(OnnxTensor tensor) throws OrtException {
      type = tensor.getInfo().type;
      shape = tensor.getInfo().getShape();
      if (shape.length != 4 || shape[0] != batchSize()) {
        throw new UnsupportedOperationException(
            "%s: the target layer '%s' has shape %s; channels, height and width are expected"
                .formatted(file.path(), target, Arrays.toString(shape)));
      }
      if (view.filter(v -> v.height() != shape[2] || v.width() != shape[3]).isPresent()) {
        throw new UnsupportedOperationException(
            ("%s: the target layer '%s' has shape %s, but its height and width are %s; use another"
                    + " method or target layer")
                .formatted(file.path(), target, Arrays.toString(shape), view.get()));
      }
      byte[] all = new byte[tensor.getByteBuffer().remaining()];
      tensor.getByteBuffer().get(all);
      bytes = Arrays.copyOf(all, all.length / batchSize());
      int positions = (int) (shape[2] * shape[3]);
      float[] values = values(tensor, (int) shape[1] * positions);
      activations = new Activations((int) shape[1], (int) shape[2], (int) shape[3], values);
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
            all.addAll(run(session, cut.tensor(), tensor).subList(0, batch.length));
          }
        }
        return all;
      } catch (OrtException e) {
        throw failed(e);
      }
    }

    private OnnxTensor without(int[] channels) throws OrtException {
      int size = bytes.length / (int) shape[1];
      byte zero = (byte) (int) cut.quantized().map(CutFile.Step::zero).orElse(0);
      ByteBuffer buffer = buffer(batchSize() * bytes.length);
      for (int n = 0; n < batchSize(); n++) {
        int channel = channels[Math.min(n, channels.length - 1)];
        byte[] ablated = bytes.clone();
        if (channel >= 0) {
          Arrays.fill(ablated, channel * size, (channel + 1) * size, zero);
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
