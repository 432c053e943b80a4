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
   * @param bundles groups in which they are worked on
   */
  record Files(MatchImages images, int bundles) implements AuditInput {
    @Override
    public PCollectionTuple audit(Pipeline pipeline, Audit.Options options) {
      return pipeline
          .apply("Images", images.inBundles(bundles))
          .apply("Audit", Audit.files(options).inGroups(bundles));
    }
  }

  /**
   * Synthetic scenes.
   *
   * @param scenes makes them
   * @param bundles groups in which they are worked on
   */
  record Synthetic(Scenes scenes, int bundles) implements AuditInput {
    @Override
    public PCollectionTuple audit(Pipeline pipeline, Audit.Options options) {
      return pipeline
          .apply("Images", scenes.inBundles(bundles))
          .apply("Audit", Audit.scenes(options).inGroups(bundles));
    }
  }
}
