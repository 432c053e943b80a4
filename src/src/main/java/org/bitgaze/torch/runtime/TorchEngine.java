package org.bitgaze.torch.runtime;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/** DJL's PyTorch engine, set up once per JVM: offline, one thread per calling thread. */
public final class TorchEngine {
  private static final OneDnn ONE_DNN;

  static {
    // Before DJL's first class is used: it must not look for cloud metadata or downloads.
    setDefault("OPT_OUT_TRACKING", "true");
    setDefault("ai.djl.offline", "true");
    // One intra-op thread and as many workers as cores beats one worker with many threads.
    setDefault("ai.djl.pytorch.num_threads", "1");
    setDefault("ai.djl.pytorch.num_interop_threads", "1");
    // The profiling executor re-optimizes after its first runs, which costs time and may change
    // bits.
    setDefault("ai.djl.pytorch.graph_optimizer", "false");
    Engine.getEngine("PyTorch");
    ONE_DNN = TorchContext.choose();
    notice().ifPresent(Logger.getLogger(TorchEngine.class.getName())::warning);
  }

  /** Number of threads that the current thread is prepared for; 0 before. */
  private static final ThreadLocal<Integer> THREADS = ThreadLocal.withInitial(() -> 0);

  private TorchEngine() {}

  /** {@return one line on convolutions for users of this machine, if there is anything unusual} */
  public static Optional<String> notice() {
    return ONE_DNN.notice();
  }

  /** {@return what computes convolutions on this machine, which decides their last bits} */
  public static String convolutions() {
    return ONE_DNN.title();
  }

  /** {@return whether oneDNN is right on this machine} */
  static OneDnn oneDnn() {
    return ONE_DNN;
  }

  /**
   * Loads an archive.
   *
   * @param file the archive, {@code NAME.pt}
   * @return the model, safe to run from several threads
   * @throws IOException if the file cannot be read or is not a TorchScript archive
   */
  public static Model load(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.pt$", "");
    Model model = Model.newInstance(name, "PyTorch");
    try {
      // trainParam: without it DJL freezes the module and runs it where gradients fail.
      model.load(file.toAbsolutePath().getParent(), name, Map.of("trainParam", "true"));
      return model;
    } catch (MalformedModelException e) {
      model.close();
      throw new IOException(file + " is not a TorchScript archive", e);
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** Sets PyTorch's thread-local options. */
  private static void prepareThread(int threads) {
    if (THREADS.get() != threads) {
      JniUtils.setNumThreads(threads);
      JniUtils.setGraphExecutorOptimize(false);
      THREADS.set(threads);
    }
  }

  /**
   * Runs a program as soon as a core is free.
   *
   * @param model the program
   * @param inputs its arguments
   * @param threads threads inside libtorch for this call
   * @return its results, attached to the inputs' manager
   * @throws ai.djl.engine.EngineException if libtorch refuses the inputs
   */
  public static NDList run(Model model, NDList inputs, int threads) {
    long begun = NativeCallLimiter.begin();
    try {
      prepareThread(threads);
      NDList outputs = IValueUtils.forward((PtSymbolBlock) model.getBlock(), inputs, true);
      outputs.attach(inputs.head().getManager());
      return outputs;
    } finally {
      NativeCallLimiter.end(begun);
    }
  }

  /**
   * Calls a method of a program other than forward.
   *
   * @param model the program
   * @param method takes a list of tensors, and returns a tensor
   * @param tensors at least one
   */
  static void call(Model model, String method, List<NDArray> tensors) {
    NDManager manager = tensors.get(0).getManager();
    NDArray name = manager.create(0f);
    // DJL's names for a method and for the members of a list. (Its own way to call methods does so
    // in inference mode, whose tensors cannot be differentiated.)
    name.setName("module_method:" + method);
    NDList inputs = new NDList(name);
    for (NDArray tensor : tensors) {
      tensor.setName("state[]");
      inputs.add(tensor);
    }
    run(model, inputs, 1);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
