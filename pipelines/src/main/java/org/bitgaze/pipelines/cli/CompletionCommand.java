package org.bitgaze.pipelines.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bitgaze completion}: what lets a shell complete commands, options and their values. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description =
        "Prints a script by which bash and zsh complete commands, options and their values.",
    footer = {
      "",
      "Examples:",
      "  source <(bitgaze completion) (this shell; or that line in ~/.bashrc or ~/.zshrc)",
      "  bitgaze completion > ~/.local/share/bash-completion/completions/bitgaze (bash, for good)"
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    System.out.print(AutoComplete.bash("bitgaze", spec.root().commandLine()));
    return 0;
  }
}
