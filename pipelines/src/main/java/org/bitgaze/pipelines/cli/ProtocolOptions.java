package org.bitgaze.pipelines.cli;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.bitgaze.choice.Named;
import org.bitgaze.protocol.KnownProtocol;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that say how networks are run, quantized and explained: a protocol by name, and one
 * option for each of its steps. Names, values and help of the steps come from {@link Step}.
 */
final class ProtocolOptions implements IModelTransformer {
  private static final String PROTOCOL = "--protocol";

  @Override
  public CommandSpec transform(CommandSpec command) {
    command.addOption(
        OptionSpec.builder(PROTOCOL)
            .paramLabel("NAME")
            .type(KnownProtocol.class)
            .initialValue(KnownProtocol.DEPLOYMENT)
            .completionCandidates(
                Arrays.stream(KnownProtocol.values()).map(KnownProtocol::id).toList())
            .description(
                "values of the steps below: "
                    + Named.describe(KnownProtocol.values())
                    + " (default: deployment)")
            .build());
    for (Step step : Step.values()) {
      boolean layer = step == Step.TARGET_LAYER;
      // Each label is unique: options with equal labels would share their completions.
      String label = String.join("|", step.choices()) + (layer ? "|LAYER,..." : "");
      command.addOption(
          OptionSpec.builder("--" + step.id())
              .paramLabel(label)
              .type(String.class)
              .completionCandidates(step.choices())
              .description(
                  step.description()
                      + (layer
                          ? ", or the name of a layer, or several, whose maps are averaged"
                          : "")
                      + " ("
                      + Arrays.stream(KnownProtocol.values())
                          .map(k -> k.id() + ": " + step.get(k.protocol()))
                          .collect(Collectors.joining(", "))
                      + ")")
              .build());
    }
    return command;
  }

  /**
   * Resolves the protocol.
   *
   * @param command a parsed command that has these options
   * @return the named protocol with the given steps
   * @throws IllegalArgumentException if a value is unknown; the message lists the known ones
   */
  static Protocol of(CommandSpec command) {
    KnownProtocol known = command.findOption(PROTOCOL).getValue();
    Protocol protocol = known.protocol();
    for (Step step : Step.values()) {
      String value = command.findOption("--" + step.id()).getValue();
      if (value != null) {
        protocol = protocol.with(step, value);
      }
    }
    return protocol;
  }
}
