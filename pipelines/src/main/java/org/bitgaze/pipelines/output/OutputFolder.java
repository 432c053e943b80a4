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
 * The folder of a job's outputs, on any Beam file system. Files are written to a hidden staging
 * folder and renamed when the job has succeeded, so that each appears whole or not at all.
 */
public final class OutputFolder {
  /**
   * Every file that a job may leave, except {@code bitgaze.log}: failed jobs leave it, too. Of the
   * folders of {@link PartsFolder} the plan stands for all.
   */
  private static final List<String> FILES =
      List.of(
          """
          rows.csv rows.parquet summary.csv summary.json rejects.csv calibration.json
          exhibits.jsonl run.json report.html table1.md table1.tex report.md gate.xml maps.parquet
          layers.csv layers.parquet layers.json layers.html frontier.csv mixed.json
          study.csv study.json study.html located.json
          parts/plan.json
          """
              .strip()
              .split("\\s+"));

  /** Folders of {@link PartsFolder}. The one with the plan is deleted last. */
  private static final List<String> PARTS = List.of("rows", "maps", "parts");

  private static final String STAGING = ".bitgaze-";

  private final String folder;
  private final String staging;

  /** Set by another thread when the job is told to end: no file may be left behind. */
  private boolean discarded;

  /** Names the folder; nothing is created yet. */
  public OutputFolder(String folder) {
    String path = BeamFiles.absolute(folder);
    this.folder = path.endsWith("/") ? path : path + "/";
    this.staging = this.folder + STAGING + UUID.randomUUID() + "/";
  }

  /**
   * Lists what an earlier job left.
   *
   * @return names of files that exist and would be replaced
   */
  public List<String> existing() throws IOException {
    List<String> found = new ArrayList<>();
    for (String name : FILES) {
      if (BeamFiles.exists(folder + name)) {
        found.add(name);
      }
    }
    return found;
  }

  /**
   * Creates the staging folder, so that an output that cannot be written is found before work
   * starts.
   *
   * @throws IOException if the folder cannot be written; the message names it
   */
  public synchronized void open() throws IOException {
    discarded = false;
    stage(new byte[0]);
  }

  /**
   * Records what is about to run, beside the files that a failed job leaves.
   *
   * @throws IOException if the folder cannot be written; the message names it
   * @throws IllegalStateException if the job was told to end meanwhile
   */
  public synchronized void describe(RunInfo run) throws IOException {
    if (discarded) {
      throw new IllegalStateException("interrupted");
    }
    stage(run.json());
  }

  private void stage(byte[] description) throws IOException {
    try {
      if (!BeamFiles.isRemote(staging)) {
        Files.createDirectories(Path.of(staging, "shards"));
      }
      try (OutputStream out = create(file(staging, "run.json"))) {
        out.write(description);
      }
    } catch (IOException | RuntimeException e) {
      throw new IOException(folder + " cannot be written: " + e, e);
    }
  }

  /** {@return the folder in which workers write, on the output's file system} */
  public String shards() {
    return staging + "shards";
  }

  /**
   * Creates an empty folder on this machine for files that will be published. It lies on the
   * output's disk if that is local, so that publishing renames files and copies none.
   *
   * @return the folder, which the caller deletes
   */
  public Path workspace() throws IOException {
    return BeamFiles.isRemote(staging)
        ? Files.createTempDirectory("bitgaze-results")
        : Files.createTempDirectory(Files.createDirectories(Path.of(staging)), "work");
  }

  /**
   * Makes the workers' shards readable on this machine.
   *
   * @param workspace where shards from another file system are copied to
   * @return the folder of the shards
   */
  public Path localShards(Path workspace) throws IOException {
    if (!BeamFiles.isRemote(staging)) {
      return Path.of(staging, "shards");
    }
    Path local = Files.createDirectory(workspace.resolve("shards"));
    fetchShards(local);
    return local;
  }

  /**
   * Brings the workers' shards to a folder that outlives the staging folder. Local shards are
   * moved.
   *
   * @param local an empty folder
   */
  public void fetchShards(Path local) throws IOException {
    if (!BeamFiles.isRemote(staging)) {
      try (var shards =
          Files.newDirectoryStream(Path.of(staging, "shards"), Files::isRegularFile)) {
        for (Path shard : shards) {
          Files.move(shard, local.resolve(shard.getFileName()));
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
   * Publishes a job's first files, and deletes everything else of an earlier job: its other files,
   * and the parts of an audit.
   *
   * @param local folder with the finished files
   */
  public void replaceAll(Path local) throws IOException {
    replaceFiles(local);
    deleteParts();
  }

  /**
   * Publishes the results of an audit's parts, and deletes all other files of an earlier job.
   *
   * @param local folder with the finished files
   */
  public void replaceFiles(Path local) throws IOException {
    List<String> made = new ArrayList<>();
    try (var files = Files.newDirectoryStream(local, Files::isRegularFile)) {
      files.forEach(file -> made.add(file.getFileName().toString()));
    }
    publish(local, made);
    List<ResourceId> old = new ArrayList<>();
    for (String name : existing()) {
      if (!made.contains(name) && !name.contains("/")) {
        old.add(file(folder, name));
      }
    }
    FileSystems.delete(old, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /**
   * Publishes files, replacing older ones. Files of a {@link #workspace} are moved if the output is
   * local.
   *
   * @param local folder with the finished files
   * @param names which files
   */
  public void publish(Path local, List<String> names) throws IOException {
    List<ResourceId> from = new ArrayList<>();
    List<ResourceId> to = new ArrayList<>();
    for (String name : names.stream().sorted().toList()) {
      if (local.startsWith(staging)) {
        from.add(file(local + "/", name));
      } else {
        ResourceId staged = file(staging, name.replace('/', '-'));
        from.add(staged);
        copy(local.resolve(name), staged);
      }
      to.add(file(folder, name));
    }
    FileSystems.rename(from, to, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /** {@return the folder's path on this machine; empty if it is on another file system} */
  public Optional<Path> local() {
    return BeamFiles.isRemote(folder) ? Optional.empty() : Optional.of(Path.of(folder));
  }

  /** Copies one file into the folder at once, replacing an older one. */
  public void put(Path local) throws IOException {
    copy(local, file(folder, local.getFileName().toString()));
  }

  /**
   * Writes a small file at once, replacing an older one.
   *
   * @param name its name, which may have a folder
   */
  public void write(String name, byte[] content) throws IOException {
    ResourceId staged = file(staging, name.replace('/', '-'));
    try {
      if (!BeamFiles.isRemote(staging)) {
        Files.createDirectories(Path.of(staging));
        Files.createDirectories(Path.of(folder + name).getParent());
      }
      try (OutputStream out = create(staged)) {
        out.write(content);
      }
      FileSystems.rename(
          List.of(staged), List.of(file(folder, name)), StandardMoveOptions.IGNORE_MISSING_FILES);
    } catch (IOException e) {
      throw new IOException(folder + name + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a small file.
   *
   * @param name its name, which may have a folder
   * @return its content; empty if there is none
   */
  public Optional<byte[]> read(String name) throws IOException {
    if (!BeamFiles.exists(folder + name)) {
      return Optional.empty();
    }
    try (var in = Channels.newInputStream(FileSystems.open(file(folder, name)))) {
      return Optional.of(in.readAllBytes());
    }
  }

  /** Deletes the parts of an audit, and its datasets of rows and maps. */
  void deleteParts() throws IOException {
    // Without a plan, folders of these names are somebody else's.
    if (BeamFiles.exists(folder + PartsFolder.PLAN)) {
      for (String name : PARTS) {
        deleteFolder(name);
      }
    }
  }

  /** Deletes a folder below this one, if there is one. */
  private void deleteFolder(String name) throws IOException {
    if (!BeamFiles.isRemote(folder)) {
      Path path = Path.of(folder, name);
      if (Files.isDirectory(path)) {
        BeamFiles.deleteTree(path);
      }
      return;
    }
    List<ResourceId> files = new ArrayList<>();
    match(folder + name + "/**").forEach(m -> files.add(m.resourceId()));
    FileSystems.delete(files, StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  /** Deletes staging folders of jobs that were killed. */
  void deleteStagingOfOthers() throws IOException {
    if (!BeamFiles.isRemote(folder) && Files.isDirectory(Path.of(folder))) {
      try (var others = Files.newDirectoryStream(Path.of(folder), STAGING + "*")) {
        for (Path other : others) {
          if (!Path.of(staging).equals(other)) {
            BeamFiles.deleteTree(other);
          }
        }
      }
    }
  }

  /** Deletes what was staged. */
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

  /** {@return the path of the staging folder, which holds everything that is not published yet} */
  public String staging() {
    return staging;
  }

  @Override
  public String toString() {
    return folder;
  }

  private static void copy(Path local, ResourceId to) throws IOException {
    try (OutputStream out = create(to)) {
      Files.copy(local, out);
    } catch (IOException e) {
      throw new IOException(to + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static OutputStream create(ResourceId file) throws IOException {
    return Channels.newOutputStream(FileSystems.create(file, "application/octet-stream"));
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
