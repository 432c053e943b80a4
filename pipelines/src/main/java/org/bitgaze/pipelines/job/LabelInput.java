package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Task;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.transforms.TruthFormats;

/** Where labels of tasks are that are not one class for each image. */
public final class LabelInput {
  private LabelInput() {}

  /**
   * Tells whether labels of a task have a form of their own.
   *
   * @param objective the task
   * @return false if a label is one class index
   */
  public static boolean isOfTask(Objective objective) {
    return !objective.isClassification() && !objective.id().equals(Task.BINARY.id());
  }

  /**
   * Tells whether labels are a file for each image.
   *
   * @param labels a path
   * @return whether it is a folder
   */
  public static boolean isFolder(String labels) {
    return !BeamFiles.isRemote(labels) && Files.isDirectory(Path.of(labels));
  }

  /**
   * Checks labels before a job.
   *
   * @param labels a path
   * @param objective the task
   * @throws IOException if there are no such labels of that task, naming the file
   */
  public static void check(String labels, Objective objective) throws IOException {
    boolean folder = isFolder(labels);
    if (objective.id().equals(Task.SEGMENTATION.id()) && !folder) {
      throw new IOException(labels + " is not a folder of images of class numbers");
    }
    if (objective.id().equals(Task.MULTILABEL.id()) && folder) {
      throw new IOException(labels + " is a folder, not a file of labels");
    }
    if (!folder) {
      TruthFormats.table(labels, objective.classes());
    }
  }
}
