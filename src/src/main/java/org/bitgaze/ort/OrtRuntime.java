package org.bitgaze.ort;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;

/**
 * ONNX Runtime, set up once per JVM: one thread per calling thread, no telemetry, no operator
 * libraries. Files reach it from memory only, after our own bounds.
 */
public final class OrtRuntime {
  private static final OrtEnvironment ENVIRONMENT;

  static {
    ENVIRONMENT = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "bitgaze");
    try {
      ENVIRONMENT.setTelemetry(false);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private OrtRuntime() {}

  static OrtEnvironment environment() {
    return ENVIRONMENT;
  }

  /** {@return the version, such as {@code 1.22.0}} */
  public static String version() {
    return ENVIRONMENT.getVersion();
  }

  /**
   * Describes how files run.
   *
   * @param optimizations whether graphs are optimized
   * @return the session's options, for people and comparisons
   */
  public static String describe(boolean optimizations) {
    return "onnxruntime %s, CPU, graph optimizations %s, one intra-op thread, sequential"
        .formatted(version(), optimizations ? "all" : "off");
  }

  /**
   * Loads a model.
   *
   * @throws OrtException if ONNX Runtime refuses it
   */
  static OrtSession load(ModelProto model, boolean optimizations) throws OrtException {
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(
          optimizations ? SessionOptions.OptLevel.ALL_OPT : SessionOptions.OptLevel.NO_OPT);
      return ENVIRONMENT.createSession(model.toByteArray(), options);
    }
  }
}
