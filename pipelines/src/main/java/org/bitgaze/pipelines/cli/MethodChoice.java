package org.bitgaze.pipelines.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The map method of each model. It is the protocol's, unless nobody named a method: then it depends
 * on the model's target layer.
 *
 * @param methods each model's method
 * @param protocol the protocol with the method that all models have, if they have one
 */
record MethodChoice(Map<CheckedModel, MapMethod> methods, Protocol protocol) {

  /**
   * Chooses the methods.
   *
   * @param command the command, which may have an option for the method; null if there is none
   * @param models the models
   * @param protocol the protocol
   */
  static MethodChoice of(
      @Nullable CommandSpec command, List<CheckedModel> models, Protocol protocol) {
    boolean named = isNamed(command) || protocol.cam() != KnownProtocol.DEPLOYMENT.protocol().cam();
    Map<CheckedModel, MapMethod> methods =
        models.stream()
            .collect(
                Collectors.toMap(
                    Function.identity(), model -> named ? protocol.cam() : model.defaultMethod()));
    Set<MapMethod> all = Set.copyOf(methods.values());
    return new MethodChoice(
        methods, all.size() == 1 ? protocol.withCam(all.iterator().next()) : protocol);
  }

  private static boolean isNamed(@Nullable CommandSpec command) {
    return Optional.ofNullable(command)
        .map(c -> c.findOption("--" + Step.CAM.id()))
        .map(OptionSpec::getValue)
        .isPresent();
  }

  /** {@return a model's method; warnings about it are printed} */
  MapMethod of(CheckedModel model) {
    MapMethod method = methods.get(model);
    if (!method.poles().isEmpty() && model.isSigned()) {
      System.err.println(
          "note: the target layer of "
              + model.model().id()
              + " may have negative values, where weights of "
              + method.id()
              + " have poles; unstable maps are counted, and --cam layercam has none");
    }
    return method;
  }
}
