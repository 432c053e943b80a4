package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.bitgaze.pipelines.output.Versions;
import org.bitgaze.torch.runtime.NativeCallLimiter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "bitgaze",
    mixinStandardHelpOptions = true,
    versionProvider = Bitgaze.VersionLines.class,
    description =
        "When you take bits away from a vision network, does it still look at the same things?",
    subcommands = {
      DemoCommand.class,
      AuditCommand.class,
      LayersCommand.class,
      CalibrateCommand.class,
      PaperCommand.class,
      CompareCommand.class,
      ReportCommand.class,
      ViewCommand.class,
      ScenesCommand.class,
      NetworksCommand.class,
      InspectCommand.class,
      ExportCommand.class,
      TrainCommand.class,
      BenchCommand.class,
      AutoComplete.GenerateCompletion.class
    },
    footer = {
      "",
      "Examples:",
      "  bitgaze demo",
      "  bitgaze audit --help",
      "  source <(bitgaze generate-completion) (commands and options are completed by bash or zsh)",
      "",
      "Exit code: 0 success, 1 the job failed, 2 wrong usage, 3 a condition of a gate does not hold,",
      "4 out of memory."
    })
public final class Bitgaze implements Callable<Integer> {
  /** A reference keeps the logger and its level from being garbage collected. */
  private static final Logger ROOT = Logger.getLogger("");

  @Spec private CommandSpec spec;

  /** Prints the commands. */
  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return ExitCode.USAGE;
  }

  /**
   * Runs a command.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    Level shown = Boolean.getBoolean("bitgaze.verbose") ? Level.INFO : Level.SEVERE;
    for (Handler handler : ROOT.getHandlers()) {
      handler.setLevel(shown);
    }
    for (String variable : List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION")) {
      String other = System.getenv(variable);
      if (other != null) {
        System.err.println(
            "bitgaze: %s=%s selects a PyTorch that is not the bundled one; unset the variable"
                .formatted(variable, other));
        System.exit(ExitCode.USAGE);
      }
    }
    MemoryWatch.start();
    if (args.length > 0 && runsJobs(args[0])) {
      BeamOptions.prepare();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(NativeCallLimiter::finish));
    int code = ExitCode.FAILED;
    try {
      code = run(args);
    } finally {
      System.exit(code);
    }
  }

  /** {@return whether a command accepts Beam's options} */
  private static boolean runsJobs(String command) {
    return Stream.of(Bitgaze.class.getAnnotation(Command.class).subcommands())
        .filter(c -> c.getAnnotation(Command.class).name().equals(command))
        .flatMap(c -> Stream.of(c.getDeclaredFields()))
        .anyMatch(field -> field.getType() == JobOptions.class);
  }

  /**
   * Runs a command inside this process.
   *
   * @param args the command line
   * @return the exit code
   */
  public static int run(String... args) {
    try {
      return commandLine().execute(args);
    } catch (OutOfMemoryError e) {
      return MemoryWatch.report(new PrintWriter(System.err, true), e);
    } catch (Error e) {
      System.err.println("bitgaze: " + e.toString().lines().findFirst().orElse(""));
      return ExitCode.FAILED;
    }
  }

  /** {@return all commands, with their error handling} */
  static CommandLine commandLine() {
    CommandLine commands =
        new CommandLine(new Bitgaze())
            .setExecutionExceptionHandler(Bitgaze::failed)
            .setUsageHelpAutoWidth(true);
    OptionValues.register(commands);
    return Misuse.reportFor(commands);
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parseResult) {
    Throwable cause = e;
    String file = "";
    for (Throwable next = e; next != null; next = next.getCause()) {
      if (next instanceof OutOfMemoryError memory) {
        return MemoryWatch.report(command.getErr(), memory);
      }
      // Of a failed write the operating system says why, and Beam which file it was.
      String said = cause.getMessage();
      boolean names =
          cause.getClass() == IOException.class
              && said != null
              && !said.contains(String.valueOf(next.getMessage()));
      file = names ? said + ": " : "";
      cause = next;
    }
    if (e instanceof IOException) {
      cause = e; // its message says more than that of its cause
      file = "";
    }
    Optional<String> missing = MissingFileSystem.explain(cause);
    String message =
        missing.orElse(file + (cause.getMessage() == null ? cause.toString() : cause.getMessage()));
    boolean usage = e instanceof UsageException || missing.isPresent();
    command.getErr().println("bitgaze: " + message.lines().findFirst().orElse("").strip());
    if (!usage) {
      command
          .getErr()
          .println("(details: bitgaze.log in the output folder, or -Dbitgaze.verbose=true)");
      if (Boolean.getBoolean("bitgaze.verbose")) {
        e.printStackTrace(command.getErr());
      }
    }
    return usage ? ExitCode.USAGE : ExitCode.FAILED;
  }

  /** Prints versions. */
  static final class VersionLines implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Map<String, String> v = Versions.read();
      return new String[] {
        "bitgaze " + v.get("bitgaze"),
        "Beam " + v.get("Beam") + ", Flink " + v.get("Flink"),
        "DJL " + v.get("DJL") + ", libtorch " + v.get("libtorch"),
        "ONNX Runtime " + v.get("ONNX Runtime")
      };
    }
  }
}
