package org.bitgaze.pipelines.audit;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.MatchImages;
import org.bitgaze.transforms.Scenes;

/** Where a job's images come from. */
public sealed interface AuditInput {

  /**
   * Adds the images and their audit to a pipeline.
   *
   * @param pipeline where to
   * @param options what to compute
   * @return the audit's outputs
   */
  PCollectionTuple audit(Pipeline pipeline, Audit.Options options);

  /**
   * Image files.
   *
   * @param images finds them
   */
  record Files(MatchImages images) implements AuditInput {
    @Override
    public PCollectionTuple audit(Pipeline pipeline, Audit.Options options) {
      return pipeline.apply("Images", images).apply("Audit", Audit.files(options));
    }
  }

  /**
   * Synthetic scenes.
   *
   * @param scenes makes them
   */
  record Synthetic(Scenes scenes) implements AuditInput {
    @Override
    public PCollectionTuple audit(Pipeline pipeline, Audit.Options options) {
      return pipeline.apply("Images", scenes).apply("Audit", Audit.scenes(options));
    }
  }
}
