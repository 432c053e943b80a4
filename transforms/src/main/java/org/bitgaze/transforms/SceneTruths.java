package org.bitgaze.transforms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.Truth;
import org.bitgaze.explain.task.Box;
import org.bitgaze.explain.task.LabelBoxes;
import org.bitgaze.explain.task.LabelImage;
import org.bitgaze.explain.task.Task;
import org.bitgaze.image.ClassImage;
import org.bitgaze.image.Rectangle;
import org.bitgaze.scene.Scene;
import org.bitgaze.scene.SceneCategory;
import org.bitgaze.scene.VisibleObject;

/**
 * Says what scenes show, for networks that segment or detect their objects by {@link
 * SceneCategory}: the boxes of the categories, or the ground and the categories. Networks with
 * another number of classes were trained on something else: their scenes have no such label.
 */
public final class SceneTruths
    extends PTransform<PCollection<KV<String, Scene>>, PCollection<KV<String, Truth>>> {
  private static final long serialVersionUID = 1L;
  private final Objective objective;

  private SceneTruths(Objective objective) {
    this.objective = objective;
  }

  /**
   * Chooses the task.
   *
   * @param objective the networks' task
   * @return the transform
   */
  public static SceneTruths of(Objective objective) {
    return new SceneTruths(objective);
  }

  /**
   * Says what a scene shows.
   *
   * @param scene the scene
   * @param objective the networks' task
   * @return its boxes or class map; nothing for other tasks, or another number of classes
   */
  public static Optional<Truth> of(Scene scene, Objective objective) {
    int categories = SceneCategory.values().length;
    if (objective.id().equals(Task.DETECTION.id()) && objective.classes() == categories) {
      List<Box> boxes = new ArrayList<>();
      for (VisibleObject object : scene.objects()) {
        Rectangle at = object.box();
        double width = object.mask().width();
        double height = object.mask().height();
        boxes.add(
            new Box(
                0,
                object.category().ordinal(),
                1,
                at.left() / width,
                at.top() / height,
                (at.left() + at.width()) / width,
                (at.top() + at.height()) / height));
      }
      return Optional.of(new LabelBoxes(boxes));
    }
    if (objective.id().equals(Task.SEGMENTATION.id()) && objective.classes() == categories + 1) {
      ClassImage image = scene.classes();
      return Optional.of(new LabelImage(image.height(), image.width(), image.classes()));
    }
    return Optional.empty();
  }

  @Override
  public PCollection<KV<String, Truth>> expand(PCollection<KV<String, Scene>> scenes) {
    return scenes.apply("Truths", ParDo.of(new TruthFn(objective)));
  }

  private static final class TruthFn extends DoFn<KV<String, Scene>, KV<String, Truth>> {
    private static final long serialVersionUID = 1L;
    private final Objective objective;

    TruthFn(Objective objective) {
      this.objective = objective;
    }

    @ProcessElement
    public void process(@Element KV<String, Scene> scene, OutputReceiver<KV<String, Truth>> out) {
      of(scene.getValue(), objective).ifPresent(truth -> out.output(KV.of(scene.getKey(), truth)));
    }
  }
}
