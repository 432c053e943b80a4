package org.bitgaze.pipelines.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.Digests;
import org.bitgaze.pipelines.output.KnownKeys;
import org.bitgaze.pipelines.output.PartResult;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.pipelines.output.RunInfo;

/** Begins an audit in parts, or finds out what is left of an earlier one. */
public final class AuditParts {
  private static final String LABELS = "labels";

  private final JobContext context;
  private final AuditPlan plan;
  private final PartsOptions options;
  private final PartsFolder parts;

  /**
   * Prepares; nothing is read or written yet.
   *
   * @param context where the audit runs, what it reads, and where it writes
   * @param plan what it computes
   * @param options how it is divided
   * @param parts its parts
   */
  public AuditParts(JobContext context, AuditPlan plan, PartsOptions options, PartsFolder parts) {
    this.context = context;
    this.plan = plan;
    this.options = options;
    this.parts = parts;
  }

  /** Calibrates a plan's ranges on a sample of some images. */
  @FunctionalInterface
  interface Calibrator {
    AuditPlan calibrate(AuditInput images) throws IOException;
  }

  /**
   * An audit whose parts are known.
   *
   * @param run describes it
   * @param audit what to compute, with ranges
   * @param parts all parts
   * @param calibration digest of the ranges
   */
  record Begun(RunInfo run, AuditPlan audit, PartsPlan parts, String calibration) {}

  /** An earlier audit, and the images that are new since. */
  private record Continued(PartsPlan parts, KeyListing.Listed<Long> fresh) {}

  /**
   * Checks that an earlier audit can be continued.
   *
   * @throws IllegalArgumentException if there is none, or if what decides the rows has changed; the
   *     message names what differs
   * @throws IOException if a file cannot be read
   */
  public void requireSame() throws IOException {
    continued(PlannedRun.of(plan, context.description()));
  }

  /**
   * Divides the images, or reads how they were divided.
   *
   * @param planned describes the run
   * @param calibrator finds the ranges of a new audit
   * @throws IllegalArgumentException as {@link #requireSame}
   */
  Begun begin(Future<RunInfo> planned, Calibrator calibrator) throws IOException {
    Path work = context.output().workspace();
    try {
      return options.resume() ? resume(result(planned), work) : start(planned, calibrator, work);
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  private Begun start(Future<RunInfo> planned, Calibrator calibrator, Path work)
      throws IOException {
    List<PartsPlan.Part> all =
        PartitionKeys.write(
            keys -> {
              context.input().keys(keys);
              return null;
            },
            context.input().count(),
            options.size(),
            0,
            parts,
            work);
    AuditInput images =
        context.input().listed(all.stream().map(parts::keys).toList(), context.input().count());
    AuditPlan audit = plan.needsCalibration() ? calibrator.calibrate(images) : plan;
    RunInfo run = result(planned);
    Path file = work.resolve("calibration.json");
    CalibrationFile.write(
        audit.recordedCalibration(), audit.protocol().decidingRanges(), run.models(), file);
    parts.writeCalibration(Files.readAllBytes(file));
    PartsPlan made =
        new PartsPlan(run.command(), run.started(), run.settings(), identity(run), all);
    parts.write(made);
    return new Begun(run, audit, made, Digests.of(file));
  }

  private Begun resume(RunInfo run, Path work) throws IOException {
    Continued continued = continued(run);
    parts.deleteStagingOfOthers();
    PartsPlan all = continued.parts();
    long fresh = continued.fresh().found();
    if (fresh > 0) {
      all =
          all.with(
              PartitionKeys.write(
                  keys -> {
                    continued.fresh().listing().forEach(keys);
                    return null;
                  },
                  fresh,
                  options.size(),
                  next(all),
                  parts,
                  work));
      parts.write(all);
    }
    int left = parts.unfinished(all).size();
    context
        .out()
        .printf(
            "resuming: %d of %d parts are complete%s%n",
            all.parts().size() - left,
            all.parts().size(),
            fresh == 0 ? "" : "; " + fresh + " images are new");
    Path file = work.resolve("calibration.json");
    Files.write(file, parts.calibration().orElseThrow());
    String digest = Digests.of(file);
    for (PartsPlan.Part part : all.parts()) {
      Optional<PartResult> result = parts.result(part);
      if (result.isPresent() && !result.get().calibration().equals(digest)) {
        throw new IllegalArgumentException(
            "part %s has other ranges than parts/calibration.json".formatted(part.name()));
      }
    }
    AuditPlan audit =
        plan.needsCalibration() ? plan.with(CalibrationFile.read(file).calibration()) : plan;
    return new Begun(
        run.continuing(all.command(), all.started(), all.settings()), audit, all, digest);
  }

  private static int next(PartsPlan plan) {
    return 1
        + plan.parts().stream().mapToInt(part -> Integer.parseInt(part.name())).max().orElse(-1);
  }

  private Continued continued(RunInfo run) throws IOException {
    String folder = context.output().toString();
    PartsPlan earlier =
        parts
            .plan()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--resume: " + folder + " has no audit to resume"));
    Path work = Files.createTempDirectory("bitgaze-resume");
    try {
      KeyListing now =
          KeyListing.of(
                  keys -> {
                    context.input().keys(keys);
                    return null;
                  })
              .listing();
      List<Path> known =
          parts.local(earlier.parts().stream().map(PartsFolder::keysName).toList(), work);
      String[] example = {null};
      long[] gone = {0};
      KnownKeys.difference(
          known,
          List.of(now.file()),
          key -> {
            gone[0]++;
            example[0] = key;
          });
      if (gone[0] > 0) {
        throw new IllegalArgumentException(
            "--resume: %d images of the audit in %s are not in the input any more, such as '%s'; --overwrite starts again"
                .formatted(gone[0], folder, example[0]));
      }
      KeyListing.Listed<Long> fresh =
          KeyListing.of(
              keys -> {
                long[] count = {0};
                KnownKeys.difference(
                    List.of(now.file()),
                    known,
                    key -> {
                      count[0]++;
                      keys.accept(key);
                    });
                return count[0];
              });
      Map<String, String> identity = identity(run);
      if (fresh.found() > 0) {
        // Labels of new images are new, too.
        earlier.identity().computeIfPresent(LABELS, (name, digest) -> identity.get(name));
      }
      List<String> differences = earlier.differences(identity);
      if (!differences.isEmpty()) {
        throw new IllegalArgumentException(
            "--resume: the audit in %s is another one: %s; --overwrite starts again"
                .formatted(folder, String.join("; ", differences)));
      }
      return new Continued(earlier, fresh);
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  private Map<String, String> identity(RunInfo run) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    if (plan.labels().filter(LabelInput::isFolder).isPresent()) {
      files.put(LABELS, LabelInput.digest(plan.labels().get()));
    } else if (plan.labels().isPresent()) {
      try (InputStream in =
          Channels.newInputStream(
              FileSystems.open(FileSystems.matchNewResource(plan.labels().get(), false)))) {
        files.put(LABELS, Digests.of(in));
      }
    }
    if (plan.calibration().isPresent()) {
      byte[] ranges =
          CalibrationFile.format(plan.calibration().get()).getBytes(StandardCharsets.UTF_8);
      files.put("given ranges", Digests.of(new ByteArrayInputStream(ranges)));
    }
    return PartsPlan.identity(run, files);
  }

  private static RunInfo result(Future<RunInfo> planned) throws IOException {
    try {
      return planned.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw (RuntimeException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
