package org.bitgaze.explain;

import java.util.Locale;
import org.bitgaze.choice.Named;

/** Which class the maps explain. */
public enum ExplainedClass implements Named {
  /** Every precision explains the class that f32 finds most likely. */
  REFERENCE("the class that f32 predicts"),
  /** Every precision explains the class that it finds most likely itself. */
  OWN("the class that each precision predicts"),
  /** Every precision explains the image's label. */
  LABEL("the image's label");

  private final String description;

  ExplainedClass(String description) {
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
