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
 * option for each of its steps, so that one can be changed at a time. The steps, their values and
 * their help come from {@link Step}.
 */
final class ProtocolOptions implements IModelTransformer {
  private static final String PROTOCOL = "--protocol";

  @Override
  public CommandSpec transform(CommandSpec command) {
    command.addOption(
        option(PROTOCOL, "NAME")
            .defaultValue(KnownProtocol.DEPLOYMENT.id())
            .completionCandidates(
                Arrays.stream(KnownProtocol.values()).map(KnownProtocol::id).toList())
            .description(
                "a set of the steps below: "
                    + Named.describe(KnownProtocol.values())
                    + " (default: deployment)")
            .build());
    for (Step step : Step.values()) {
      boolean layer = step == Step.TARGET_LAYER;
      // Options of one label would be completed alike.
      String label = String.join("|", step.choices()) + (layer ? "|LAYER" : "");
      command.addOption(
          option("--" + step.id(), label)
              .completionCandidates(step.choices())
              .description(
                  step.description()
                      + (layer ? ", perhaps by torchvision's name" : "")
                      + " ("
                      + Arrays.stream(KnownProtocol.values())
                          .map(k -> k.id() + ": " + step.get(k.protocol()))
                          .collect(Collectors.joining(", "))
                      + ")")
              .build());
    }
    return command;
  }

  private static OptionSpec.Builder option(String name, String label) {
    return OptionSpec.builder(name).paramLabel(label).type(String.class);
  }

  /**
   * Puts the protocol together.
   *
   * @param command a command that has these options, parsed
   * @return the named protocol with the steps that were changed
   * @throws IllegalArgumentException if a name or a value is unknown, listing those there are
   */
  static Protocol of(CommandSpec command) {
    Protocol protocol = KnownProtocol.of(command.findOption(PROTOCOL).getValue()).protocol();
    for (Step step : Step.values()) {
      String value = said(command, step);
      if (value != null) {
        protocol = protocol.with(step, value);
      }
    }
    return protocol;
  }

  private static String said(CommandSpec command, Step step) {
    return command.findOption("--" + step.id()).getValue();
  }
}
