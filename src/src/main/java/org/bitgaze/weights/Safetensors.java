package org.bitgaze.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A safetensors file: eight bytes of little-endian header length, a JSON header, raw little-endian
 * tensors. The header is checked as a whole when the file is opened; tensors are read one at a
 * time.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class Safetensors implements StoredTensors {
  /** The format's own limit for the header. */
  private static final long MAX_HEADER = 100_000_000;

  private static final ObjectMapper HEADER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final OpenFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private record Entry(String dtype, int[] shape, long begin, int length) {
    Optional<Dtype> readable() {
      return Dtype.ofSafetensors(dtype).filter(Dtype::isReadable);
    }
  }

  /**
   * Opens a file and checks its header.
   *
   * @param file the file
   * @throws WeightsException if the header is damaged or a tensor reaches past the file's end
   * @throws IOException if the file cannot be read
   */
  public Safetensors(Path file) throws IOException {
    this(file, Set.of(StandardOpenOption.READ));
  }

  /**
   * Copies a file to a temporary one, which is deleted when it is closed, and opens that.
   *
   * @param in the file's bytes
   * @return the open file
   * @throws WeightsException if the header is damaged or a tensor reaches past the file's end
   * @throws IOException if the bytes cannot be read or copied
   */
  public static Safetensors copyOf(InputStream in) throws IOException {
    Path copy = Files.createTempFile("bitgaze", ".safetensors");
    try {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return new Safetensors(
          copy, Set.of(StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
  }

  private Safetensors(Path file, Set<StandardOpenOption> options) throws IOException {
    this.file = new OpenFile(file, options);
    try {
      readHeader();
    } catch (IOException | RuntimeException e) {
      this.file.close();
      throw e;
    }
  }

  /** {@return the entries of {@code __metadata__}} */
  @Override
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public int[] shape(String name) throws WeightsException {
    return entry(name).shape().clone();
  }

  @Override
  public String dtype(String name) throws WeightsException {
    String dtype = entry(name).dtype();
    return Dtype.ofSafetensors(dtype).map(Dtype::id).orElse(dtype);
  }

  @Override
  public Tensor read(String name) throws IOException {
    Entry e = entry(name);
    String type = dtype(name);
    Dtype dtype = e.readable().orElseThrow(() -> file.error(name, Dtype.unreadable(type)));
    return new Tensor(e.shape(), dtype.toFloats(file.read(e.begin(), e.length())));
  }

  @Override
  public Optional<ByteBuffer> map(String name) throws IOException {
    Entry e = entry(name);
    Optional<Dtype> dtype = e.readable();
    return dtype.isEmpty() ? Optional.empty() : file.floats(e.begin(), e.length(), dtype.get());
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private Entry entry(String name) throws WeightsException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw file.error("no tensor '" + name + "'");
    }
    return entry;
  }

  private void readHeader() throws IOException {
    long size = file.size();
    if (size < 8) {
      throw file.error("is not a safetensors file: it has " + size + " bytes");
    }
    long header = file.read(0, 8).getLong();
    if (header < 2 || header > MAX_HEADER || header > size - 8) {
      throw file.error(
          ForeignFile.problem(file, "a safetensors file")
              + ": a header of "
              + header
              + " bytes in a file of "
              + size);
    }
    JsonNode json;
    try {
      json = HEADER.readTree(file.read(8, (int) header).array());
    } catch (JsonProcessingException e) {
      throw new WeightsException(file + ": the safetensors header is not JSON", e);
    }
    if (json == null || !json.isObject()) {
      throw file.error("the safetensors header is not a JSON object");
    }
    for (Iterator<Map.Entry<String, JsonNode>> i = json.fields(); i.hasNext(); ) {
      Map.Entry<String, JsonNode> field = i.next();
      if (field.getKey().equals("__metadata__")) {
        field
            .getValue()
            .fields()
            .forEachRemaining(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        entries.put(field.getKey(), parse(field.getKey(), field.getValue(), 8 + header, size));
      }
    }
  }

  private Entry parse(String name, JsonNode json, long start, long size) throws WeightsException {
    JsonNode offsets = json.path("data_offsets");
    JsonNode dims = json.path("shape");
    if (!json.path("dtype").isTextual() || !dims.isArray() || offsets.size() != 2) {
      throw file.error(name, "needs dtype, shape and data_offsets");
    }
    int[] shape = new int[dims.size()];
    long elements = 1;
    for (int i = 0; i < shape.length; i++) {
      JsonNode dim = dims.get(i);
      if (!dim.canConvertToInt() || !dim.isIntegralNumber() || dim.asInt() < 0) {
        throw file.error(name, "has size " + dim);
      }
      shape[i] = dim.asInt();
      elements = saturatedMultiply(elements, shape[i]);
    }
    if (!offsets.get(0).canConvertToLong() || !offsets.get(1).canConvertToLong()) {
      throw file.error(name, "has data_offsets " + offsets);
    }
    long begin = offsets.get(0).asLong();
    long end = offsets.get(1).asLong();
    if (begin < 0 || end < begin || end > size - start || end - begin > Bytes.MOST) {
      throw file.error(
          name, "has data_offsets " + offsets + " in " + (size - start) + " bytes of data");
    }
    String dtype = json.get("dtype").asText();
    // A type that is not known is not read either.
    long width = Dtype.ofSafetensors(dtype).map(Dtype::width).orElse(0);
    if (width > 0 && saturatedMultiply(elements, width) != end - begin) {
      throw file.error(
          name, "of shape " + dims + " and dtype " + dtype + " has " + (end - begin) + " bytes");
    }
    return new Entry(dtype, shape, start + begin, (int) (end - begin));
  }

  private static long saturatedMultiply(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    return high != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
  }
}
