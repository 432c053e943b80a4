package example;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL server of the installed version, in a folder of its own. */
final class PostgresServer implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final List<String> user;

  private PostgresServer(Path folder, int port, List<String> user) {
    this.folder = folder;
    this.port = port;
    this.user = user;
  }

  /** Tells whether its programs are on the path. */
  static boolean isInstalled() {
    return onPath("initdb").isPresent() && onPath("pg_ctl").isPresent();
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(place -> Path.of(place, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts a server that trusts every user of this machine. */
  static PostgresServer start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    // The server refuses to run as root.
    boolean root = System.getProperty("user.name").equals("root");
    List<String> user = root ? List.of("runuser", "-u", "postgres", "--") : List.of();
    Path folder = Files.createTempDirectory("postgres");
    if (root) {
      run(List.of("chown", "postgres", folder.toString()));
    }
    PostgresServer server = new PostgresServer(folder, port, user);
    String data = folder.resolve("data").toString();
    server.asUser("initdb", "-D", data, "-A", "trust", "-U", "audits", "-E", "UTF8");
    String options = "-p " + port + " -h 127.0.0.1 -k " + folder;
    String log = folder.resolve("log").toString();
    server.asUser("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start");
    return server;
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=audits";
  }

  @Override
  public void close() throws IOException, InterruptedException {
    asUser("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "immediate", "-w", "stop");
    asUser("rm", "-rf", folder.resolve("data").toString());
  }

  private void asUser(String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(user);
    command.add(onPath(program).map(Path::toString).orElse(program));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("postgres", ".log");
    try {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (code != 0) {
        throw new IOException(String.join(" ", command) + ": " + Files.readString(log));
      }
    } finally {
      Files.delete(log);
    }
  }
}
