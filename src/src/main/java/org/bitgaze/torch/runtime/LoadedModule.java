package org.bitgaze.torch.runtime;

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
import java.util.Map;
import java.util.Optional;
import org.bitgaze.network.Network;
import org.bitgaze.torch.emit.ParameterText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorMap;
import org.bitgaze.weights.TensorSource;

/** A module in native memory, with those of its tensors that are mapped files. */
public final class LoadedModule implements AutoCloseable {
  private final Model model;

  /** Kept because libtorch reads them without owning them. */
  private final List<ByteBuffer> mapped;

  /**
   * A program for this machine only calls what was tried in one thread, see {@link OneDnnCalls}.
   */
  private final int maxThreads;

  private LoadedModule(Model model, List<ByteBuffer> mapped, boolean portable) {
    this.model = model;
    this.mapped = mapped;
    this.maxThreads = portable ? Integer.MAX_VALUE : 1;
  }

  /**
   * Loads an archive with its tensors.
   *
   * @param file what {@link TorchScriptArchive#write} wrote
   * @return the module
   * @throws IOException if it cannot be read
   */
  public static LoadedModule of(Path file) throws IOException {
    return new LoadedModule(TorchEngine.load(file), List.of(), true);
  }

  /**
   * Loads a program and its tensors without writing them to a file. Tensors that can be mapped and
   * need no change are used in place; others are copied one at a time.
   *
   * @param text the forward method's body, and the parameters that it reads
   * @param network the parameters and their precisions
   * @param signature the forward method's arguments and result, after {@code self}
   * @return the module
   * @throws IOException if a tensor cannot be read
   */
  public static LoadedModule of(ProgramText text, Network network, String signature)
      throws IOException {
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
      return new LoadedModule(model, fill(model, parameters), text.isPortable());
    } catch (IOException | RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /** Runs once a program that reads no parameters and nothing of its argument {@code images}. */
  static float[] compute(ProgramText text) throws IOException {
    Network none = new Network(text.graph(), new TensorMap(text.graph().name(), Map.of()));
    try (LoadedModule module = of(text, none, "images: Tensor) -> Tensor");
        NDManager manager = module.newManager()) {
      return module.run(new NDList(manager.create(0f)), 1).get(0).toFloatArray();
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
        Optional<ByteBuffer> map = source.map(name);
        if (map.isPresent()) {
          state.add(manager.create(map.get(), shape, DataType.FLOAT32));
          if (parameters.isUsedInPlace(name)) {
            mapped.add(map.get());
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

  /** {@return a manager whose arrays live as long as a call; to be closed} */
  public NDManager newManager() {
    return model.getNDManager().newSubManager();
  }

  /**
   * Runs the program, see {@link TorchEngine#run}.
   *
   * @param inputs its arguments
   * @param threads threads inside libtorch for this call; a program that is not portable uses one
   * @return its results, attached to the inputs' manager
   * @throws ai.djl.engine.EngineException if libtorch refuses the inputs
   */
  public NDList run(NDList inputs, int threads) {
    return TorchEngine.run(model, inputs, Math.min(threads, maxThreads));
  }

  @Override
  public void close() {
    model.close();
  }
}
