package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.runner.RunnerSetup;

/**
 * Repeats an audit for single images, in this process. The audit's own pipeline computes them, so
 * that maps and rows are those of the audit. Programs stay compiled until this is closed.
 */
public final class OneImage implements AutoCloseable {
  private final RunnerSetup runner;
  private final AuditInput input;
  private final AuditPlan plan;
  private final CompiledAhead programs;

  /**
   * Starts to compile the plan's programs in the background.
   *
   * @param runner the direct runner
   * @param input has all images of the audit
   * @param plan what to compute, calibrated; with maps
   */
  public OneImage(RunnerSetup runner, AuditInput input, AuditPlan plan) {
    FileSystems.setDefaultPipelineOptions(runner.options());
    this.runner = runner;
    this.input = input;
    this.plan = plan;
    this.programs = new CompiledAhead(runner.slots());
    programs.compile(plan.explanations());
  }

  /**
   * Audits one image.
   *
   * @param key the image's key
   * @param work an empty folder of this machine; a subfolder holds the shards afterwards
   * @return the folder of the shards: {@code rows-*}, {@code maps-*}, {@code rejects-*}, {@code
   *     findings-*}
   * @throws IOException if the image cannot be read, or files cannot be written
   */
  public Path explain(String key, Path work) throws IOException {
    // Fails at once, with a message that names the file, if the image is gone.
    input.read(key);
    // A listing of one key: the audit does not walk the whole input for it.
    Path keys = Files.writeString(work.resolve("image.keys"), key + "\n");
    AuditInput one = input.listed(List.of(keys.toString()), 1);
    OutputFolder folder = new OutputFolder(work.toString());
    folder.open();
    PipelineResult result = AuditPipeline.create(runner, one, plan, folder).run();
    result.waitUntilFinish();
    return folder.localShards(work);
  }

  /** Releases the programs. */
  @Override
  public void close() {
    programs.close();
  }
}
