package org.bitgaze.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.bitgaze.network.Graph;
import org.bitgaze.weights.SafetensorsWriter;
import org.bitgaze.weights.Tensor;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsException;
import org.bitgaze.weights.WeightsFile;

/**
 * Weights that need no file: element i of a parameter is a splitmix64 output seeded with the FNV-1a
 * hash of the parameter's name, scaled so that activations neither vanish nor explode.
 */
public final class FormulaWeights implements TensorSource {
  private final Map<String, int[]> shapes;

  /** Weights for every parameter of a graph. */
  public FormulaWeights(Graph graph) {
    this(graph.parameters());
  }

  /** Weights of these shapes, such as those of a state dict. */
  public FormulaWeights(Map<String, int[]> shapes) {
    this.shapes = shapes;
  }

  /** The same in a file: computed once, and mapped whenever a program is compiled. */
  public static TensorSource inFile(Graph graph, Path folder) throws IOException {
    Path file = folder.resolve("formula.safetensors");
    SafetensorsWriter.write(new FormulaWeights(graph), file);
    return WeightsFile.open(file);
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return shapes.get(name).clone();
  }

  @Override
  public Tensor read(String name) {
    int[] shape = shapes.get(name);
    float[] data = new float[(int) Tensor.elements(shape)];
    long hash = fnv1a(name);
    float gain = shape.length > 1 ? (float) Math.sqrt(6.0 / ((double) data.length / shape[0])) : 0;
    for (int i = 0; i < data.length; i++) {
      long z = hash + (i + 1) * 0x9e3779b97f4a7c15L;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      z ^= z >>> 31;
      float u = (z >>> 40) * 0x1p-23f - 1;
      if (name.endsWith("class_token") || name.endsWith("pos_embedding")) {
        data[i] = 2 * u;
      } else if (name.endsWith("relative_position_bias_table")) {
        data[i] = u;
      } else if (name.endsWith("layer_scale")) {
        data[i] = 0.5f * (1 + 0.5f * u);
      } else if (shape.length > 1) {
        data[i] = u * gain;
      } else if (name.endsWith("running_var")) {
        data[i] = 1 + 0.5f * Math.abs(u);
      } else if (name.endsWith("weight")) {
        data[i] = 1 + 0.1f * u;
      } else {
        data[i] = 0.1f * u;
      }
    }
    return new Tensor(shape, data);
  }

  @Override
  public String description() {
    return "formula weights";
  }

  private static long fnv1a(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
