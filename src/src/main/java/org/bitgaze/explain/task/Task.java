package org.bitgaze.explain.task;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** What a network's outputs mean. */
public enum Task implements Named {
  /** One class per image. */
  CLASSIFICATION("one class per image"),
  /** Yes or no, by one output. */
  BINARY("yes or no, by one output"),
  /** Any number of labels per image, by one sigmoid each. */
  MULTILABEL("any number of labels per image"),
  /** One class per pixel. */
  SEGMENTATION("one class per pixel"),
  /** Boxes with classes. */
  DETECTION("boxes with classes");

  private final String description;

  Task(String description) {
    this.description = description;
  }

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String description() {
    return description;
  }
}
