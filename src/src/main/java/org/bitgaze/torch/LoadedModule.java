package org.bitgaze.torch;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitgaze.network.Network;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;

/** A module in native memory, and what of its tensors lies in files that are mapped. */
final class LoadedModule implements AutoCloseable {
  private final Model model;

  /** Kept, for libtorch reads them and does not know who owns them. */
  private final List<ByteBuffer> mapped;

  /** Convolutions that oneDNN was tried with were tried in one thread. */
  private final boolean inOneThread;

  private LoadedModule(Model model, List<ByteBuffer> mapped, boolean inOneThread) {
    this.model = model;
    this.mapped = mapped;
    this.inOneThread = inOneThread;
  }

  /**
   * Loads an archive with its tensors.
   *
   * @param file what {@link TorchScriptArchive#write} wrote
   * @throws IOException if it cannot be read
   */
  static LoadedModule of(Path file) throws IOException {
    return new LoadedModule(TorchEngine.load(file), List.of(), false);
  }

  /**
   * Loads a program, and gives it its tensors without writing them to a file: those that can be
   * mapped are used where they lie if nothing is done to them, others are copied one at a time.
   *
   * @param text the forward method's body, and the parameters that it reads
   * @param network the parameters and their precisions
   * @param signature the forward method's arguments and result, after {@code self}
   * @throws IOException if a tensor cannot be read
   */
  static LoadedModule of(ProgramText text, Network network, String signature) throws IOException {
    ParameterText parameters = new ParameterText(text, network);
    Path folder = Files.createTempDirectory("bitgaze-program");
    Path file = folder.resolve("program.pt");
    Model model;
    try {
      TorchScriptArchive.writeEmpty(file, text, parameters, signature);
      model = TorchEngine.load(file);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
    try {
      return new LoadedModule(model, fill(model, parameters), text.callsOneDnn());
    } catch (IOException | RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static List<ByteBuffer> fill(Model model, ParameterText parameters) throws IOException {
    List<ByteBuffer> mapped = new ArrayList<>();
    try (NDManager manager = model.getNDManager().newSubManager()) {
      List<NDArray> state = new ArrayList<>();
      ByteBuffer scratch = ByteBuffer.allocateDirect(0);
      for (String name : parameters.tensors()) {
        TensorSource source = parameters.source();
        Shape shape = new Shape(Arrays.stream(source.shape(name)).asLongStream().toArray());
        Optional<ByteBuffer> lying = source.map(name);
        if (lying.isPresent()) {
          state.add(manager.create(lying.get(), shape, DataType.FLOAT32));
          if (parameters.isUsedAsItLies(name)) {
            mapped.add(lying.get());
          }
        } else {
          Tensor tensor = source.read(name);
          int length = Math.multiplyExact(tensor.data().length, Float.BYTES);
          scratch = scratch.capacity() < length ? ByteBuffer.allocateDirect(length) : scratch;
          scratch.order(ByteOrder.nativeOrder()).asFloatBuffer().put(tensor.data());
          try (var view = manager.create(scratch.slice(0, length), shape, DataType.FLOAT32)) {
            state.add(view.duplicate());
          }
        }
      }
      if (!state.isEmpty()) {
        TorchEngine.call(model, TorchScriptArchive.LOAD, state);
      }
    }
    return mapped;
  }

  /** Whose arrays live as long as a call. */
  NDManager newManager() {
    return model.getNDManager().newSubManager();
  }

  /** Runs the program, see {@link TorchEngine#run}; with fewer threads where more are untried. */
  NDList run(NDList inputs, int threads) {
    return TorchEngine.run(model, inputs, inOneThread ? 1 : threads);
  }

  @Override
  public void close() {
    model.close();
  }
}
