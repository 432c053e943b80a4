package org.bitgaze.transforms;

import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.Framing;
import org.bitgaze.model.Model;

/** The parts of an image that some models see, found out on the worker. */
final class SeenCrops implements Serializable {
  private static final long serialVersionUID = 1L;
  private final List<Model> models;
  private transient Set<Framing> crops;

  SeenCrops(List<Model> models) {
    this.models = List.copyOf(models);
  }

  /** Asks the models' weights. */
  void setup() throws IOException {
    crops = new LinkedHashSet<>();
    for (Model model : models) {
      crops.add(model.preprocessing().framing());
    }
    if (crops.isEmpty()) {
      crops.add(CenterCrop.IMAGENET);
    }
  }

  Set<Framing> get() {
    return crops;
  }
}
