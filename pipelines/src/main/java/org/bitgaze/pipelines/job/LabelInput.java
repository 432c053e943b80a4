package org.bitgaze.pipelines.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.bitgaze.explain.Objective;
import org.bitgaze.explain.task.Task;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.Digests;
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
   * Digests a folder of labels: the files' names and sizes, in order.
   *
   * @param folder the folder
   * @return the digest, which changes if a file comes, goes or changes its size
   * @throws IOException if the folder cannot be read
   */
  static String digest(String folder) throws IOException {
    Path root = Path.of(folder);
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.add(root.relativize(file) + " " + Files.size(file));
      }
    }
    Collections.sort(files);
    byte[] listed = String.join("\n", files).getBytes(StandardCharsets.UTF_8);
    return Digests.of(new ByteArrayInputStream(listed));
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
