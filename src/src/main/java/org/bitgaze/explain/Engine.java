package org.bitgaze.explain;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.MapMethod.Need;

/** What runs a network, and what it can compute of it. */
public enum Engine implements Named {
  /** Compiled TorchScript programs in libtorch. */
  TORCH(
      "simulated precisions in libtorch",
      Set.of(Need.OUTPUTS, Need.ACTIVATIONS, Need.GRADIENT, Need.ATTENTION)),
  /** An ONNX file as it is deployed: ONNX Runtime's own kernels, on the CPU. */
  ONNX_RUNTIME("ONNX files as they are deployed", Set.of(Need.OUTPUTS, Need.ACTIVATIONS));

  private final String description;
  private final Set<Need> offers;

  Engine(String description, Set<Need> offers) {
    this.description = description;
    this.offers = offers;
  }

  @Override
  public String id() {
    return name().replace("_", "").toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * Finds an engine by name.
   *
   * @param id such as {@code onnxruntime}
   * @return the engine
   * @throws IllegalArgumentException if there is none, listing those there are
   */
  public static Engine of(String id) {
    return Named.find(values(), "engine", id);
  }

  /**
   * Checks that this engine can compute maps by a method.
   *
   * @param method the method
   * @throws IllegalArgumentException if it cannot, naming the engines that can
   */
  public void require(MapMethod method) {
    if (!offers.contains(method.need())) {
      throw new IllegalArgumentException(
          String.format(
              "%s needs %s, which %s does not compute; engines that do: %s",
              method.id(),
              method.need().description(),
              id(),
              Arrays.stream(values())
                  .filter(engine -> engine.offers.contains(method.need()))
                  .map(Engine::id)
                  .collect(Collectors.joining(", "))));
    }
  }
}
