package org.bitgaze.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Network;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;

/**
 * A compiled program that observes the ranges of activations in the unquantized network; any number
 * of threads may run it. Its forward takes {@code images} (uint8, N x height x width x 3, RGB) and,
 * where dropout drops, {@code streams} (int64, N x layers, see {@link DropoutStreams}), and returns
 * minima and maxima (float32, N x points x 2).
 */
public final class ObserverProgram implements AutoCloseable {
  private final LoadedModule program;
  private final Outline outline;

  /**
   * What a program's tensors hold.
   *
   * @param points the names of the quantization points, in the order of the result
   * @param streams the random streams that it draws from
   */
  public record Outline(List<String> points, DropoutStreams streams) {
    /** Copies the list. */
    public Outline {
      points = List.copyOf(points);
    }
  }

  /**
   * Loads a program.
   *
   * @param file an archive that {@link #compile} wrote
   * @param outline what it returned
   * @throws IOException if it cannot be read
   */
  public ObserverProgram(Path file, Outline outline) throws IOException {
    this.program = LoadedModule.of(file);
    this.outline = outline;
  }

  private ObserverProgram(Text text) throws IOException {
    this.program = LoadedModule.of(text.program, text.network, text.signature);
    this.outline = text.outline;
  }

  /**
   * Compiles a program for this JVM; nothing of its weights is written to a file.
   *
   * @param model an open model, which may be closed afterwards
   * @return the program
   * @throws IOException if a weight cannot be read
   */
  public static ObserverProgram of(OpenModel model) throws IOException {
    return new ObserverProgram(new Text(model, Convolutions.THIS_MACHINE));
  }

  /**
   * Compiles a program to a file.
   *
   * @param model an open model
   * @param file where to write the archive
   * @return what the program's tensors hold
   * @throws IOException if a weight cannot be read or the file not written
   */
  public static Outline compile(OpenModel model, Path file) throws IOException {
    Text text = new Text(model, Convolutions.PORTABLE);
    TorchScriptArchive.write(file, text.program, text.network, text.signature);
    return text.outline;
  }

  /** The text of a program, and all that goes with it. */
  private static final class Text {
    private final ProgramText program;
    private final Network network;
    private final String signature;
    private final Outline outline;

    Text(OpenModel model, Convolutions convolutions) {
      Execution execution = model.execution();
      Network observed =
          Quantization.observe(model.network().apply(execution.mode()), execution.scheme());
      network = observed;
      program =
          ProgramText.ofAttributes(observed.graph(), model.preprocessing().framing().side())
              .withConvolutions(convolutions);
      program.normalizeImages(model.preprocessing().normalization());
      program.add("torch.set_grad_enabled(False)");
      program.write(observed.graph().names(), ProgramText.Use.OVERWRITTEN);
      program.add("return torch.stack([" + String.join(", ", program.exposed().values()) + "], 1)");
      DropoutStreams streams = new DropoutStreams(program.graph().name(), program.streams());
      String arguments = "images: Tensor" + (streams.layers().isEmpty() ? "" : ", streams: Tensor");
      signature = arguments + ") -> Tensor";
      outline = new Outline(List.copyOf(program.exposed().keySet()), streams);
    }
  }

  /**
   * Observes a batch of images with a program that draws no random numbers.
   *
   * @param images at least one, all of one size
   * @return for each image, quantization point to the extremes of its activation
   * @throws IllegalArgumentException if the images differ in size
   */
  public List<Map<String, Range>> run(List<RgbImage> images) {
    return run(images, List.of());
  }

  /**
   * Observes a batch of images.
   *
   * @param images at least one, all of one size
   * @param keys the images' paths below the root, which decide what {@link Precision#F32} drops; a
   *     program that draws no random numbers ignores them
   * @return for each image, quantization point to the extremes of its activation
   * @throws IllegalArgumentException if the images differ in size, or there is not one key each
   *     where the program wants it
   */
  public List<Map<String, Range>> run(List<RgbImage> images, List<String> keys) {
    List<RandomKey> draws = keys.stream().map(key -> RandomKey.of(key, Precision.F32)).toList();
    try (NDManager manager = program.newManager()) {
      NDList inputs = new NDList(Batches.toArray(manager, images));
      outline.streams().addTo(inputs, draws, images.size());
      NDList outputs = program.run(inputs, 1);
      float[] extremes = outputs.get(0).toFloatArray();
      List<Map<String, Range>> result = new ArrayList<>();
      int next = 0;
      for (int i = 0; i < images.size(); i++) {
        Map<String, Range> ranges = new LinkedHashMap<>();
        for (String point : outline.points()) {
          ranges.put(point, new Range(extremes[next], extremes[next + 1]));
          next += 2;
        }
        result.add(ranges);
      }
      return result;
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
