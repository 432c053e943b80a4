package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * The folder of a job's outputs, on any Beam file system. All is written to a hidden staging folder
 * first and renamed when the job has ended well, so that a file appears whole or not at all.
 */
public final class OutputFolder {
  /** Every file that a job may leave. */
  private static final List<String> FILES =
      List.of(
          "rows.csv",
          "rows.parquet",
          "summary.csv",
          "summary.json",
          "rejects.csv",
          "calibration.json",
          "exhibits.jsonl",
          "run.json",
          "report.html",
          "table1.md",
          "table1.tex",
          "report.md",
          "gate.xml",
          "maps.parquet",
          "layers.csv",
          "layers.parquet",
          "layers.json",
          "layers.html",
          "frontier.csv",
          "mixed.json",
          "bitgaze.log");

  private final String folder;
  private final String staging;

  /** Set when the job is told to end, by another thread: nothing may be left behind. */
  private boolean discarded;

  /**
   * Names the folder; nothing is created yet.
   *
   * @param folder its path
   */
  public OutputFolder(String folder) {
    String path = BeamFiles.absolute(folder);
    this.folder = path.endsWith("/") ? path : path + "/";
    this.staging = this.folder + ".bitgaze-" + UUID.randomUUID() + "/";
  }

  /**
   * Lists what an earlier job left.
   *
   * @return names of files that exist and would be replaced
   * @throws IOException if the folder cannot be looked at
   */
  public List<String> existing() throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : FILES) {
      // A log alone is what a failed job leaves.
      if (!name.equals("bitgaze.log") && BeamFiles.exists(folder + name)) {
        found.add(name);
      }
    }
    return found;
  }

  /**
   * Makes the staging folder, so that an output that cannot be written is found before work starts.
   *
   * @throws IOException if it cannot be written, naming the folder
   */
  public synchronized void open() throws IOException {
    discarded = false;
    // Without a word: whether it can be written is seen as well.
    stage(file -> {});
  }

  /**
   * Writes down what is about to run, for those who find what a job that failed has left.
   *
   * @param run what is about to run
   * @throws IOException if it cannot be written, naming the folder
   * @throws IllegalStateException if it was discarded meanwhile
   */
  public synchronized void describe(RunInfo run) throws IOException {
    if (discarded) {
      throw new IllegalStateException("interrupted");
    }
    stage(run::write);
  }

  @FunctionalInterface
  private interface Content {
    void write(Path file) throws IOException;
  }

  private void stage(Content description) throws IOException {
    try {
      if (!BeamFiles.isRemote(staging)) {
        Files.createDirectories(Path.of(staging, "shards"));
      }
      Path local = Files.createTempFile("bitgaze", ".json");
      try {
        description.write(local);
        copy(local, file(staging, "run.json"));
      } finally {
        Files.delete(local);
      }
    } catch (IOException | RuntimeException e) {
      throw new IOException(folder + " cannot be written: " + e, e);
    }
  }

  /**
   * Returns where workers write.
   *
   * @return a folder on the output's file system
   */
  public String shards() {
    return staging + "shards";
  }

  /**
   * Copies the workers' shards to this machine.
   *
   * @param local an empty folder
   * @throws IOException if they cannot be read
   */
  public void fetchShards(Path local) throws IOException {
    if (!BeamFiles.isRemote(staging)) {
      try (var shards =
          Files.newDirectoryStream(Path.of(staging, "shards"), Files::isRegularFile)) {
        for (Path shard : shards) {
          Files.copy(shard, local.resolve(shard.getFileName()));
        }
      }
      return;
    }
    for (MatchResult.Metadata shard : match(staging + "shards/*")) {
      ResourceId id = shard.resourceId();
      try (var in = Channels.newInputStream(FileSystems.open(id))) {
        Files.copy(in, local.resolve(id.getFilename()));
      }
    }
  }

  /**
   * Makes a job's first files appear, and all files of an earlier one disappear.
   *
   * @param local folder with the finished files
   * @throws IOException if they cannot be written
   */
  public void replaceAll(Path local) throws IOException {
    publish(local);
    List<ResourceId> old = new ArrayList<>();
    for (String name : FILES) {
      boolean kept = Files.exists(local.resolve(name)) || name.equals("bitgaze.log");
      if (!kept && BeamFiles.exists(folder + name)) {
        old.add(file(folder, name));
      }
    }
    FileSystems.delete(old, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /**
   * Makes files appear, replacing older ones.
   *
   * @param local folder with the finished files
   * @throws IOException if they cannot be written
   */
  public void publish(Path local) throws IOException {
    List<ResourceId> from = new ArrayList<>();
    List<ResourceId> to = new ArrayList<>();
    try (var files = Files.list(local)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        ResourceId staged = file(staging, name);
        copy(file, staged);
        from.add(staged);
        to.add(file(folder, name));
      }
    }
    FileSystems.rename(from, to, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /**
   * Returns the folder where it is on this machine.
   *
   * @return its path, or empty where it is on another file system
   */
  public Optional<Path> local() {
    return BeamFiles.isRemote(folder) ? Optional.empty() : Optional.of(Path.of(folder));
  }

  /**
   * Copies one file into the folder at once, replacing an older one.
   *
   * @param local the file
   * @throws IOException if it cannot be written
   */
  public void put(Path local) throws IOException {
    copy(local, file(folder, local.getFileName().toString()));
  }

  /**
   * Removes what was staged.
   *
   * @throws IOException if it cannot be removed
   */
  public synchronized void discard() throws IOException {
    discarded = true;
    if (!BeamFiles.isRemote(staging)) {
      if (Files.exists(Path.of(staging))) {
        BeamFiles.deleteTree(Path.of(staging));
      }
      return;
    }
    List<ResourceId> files = new ArrayList<>();
    match(staging + "**").forEach(m -> files.add(m.resourceId()));
    FileSystems.delete(files, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /**
   * Returns where everything is that is not finished yet.
   *
   * @return path of the staging folder
   */
  public String staging() {
    return staging;
  }

  @Override
  public String toString() {
    return folder;
  }

  private static void copy(Path local, ResourceId to) throws IOException {
    try (OutputStream out =
        Channels.newOutputStream(FileSystems.create(to, "application/octet-stream"))) {
      Files.copy(local, out);
    }
  }

  private static ResourceId file(String base, String name) {
    return FileSystems.matchNewResource(base, true)
        .resolve(name, StandardResolveOptions.RESOLVE_FILE);
  }

  private static List<MatchResult.Metadata> match(String pattern) throws IOException {
    MatchResult result = FileSystems.match(pattern, EmptyMatchTreatment.ALLOW);
    return result.status() == MatchResult.Status.NOT_FOUND ? List.of() : result.metadata();
  }
}
