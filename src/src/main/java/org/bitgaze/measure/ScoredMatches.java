package org.bitgaze.measure;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The detections of one image, and which of them are objects of its label: what an image adds to
 * the average precision of a data set.
 *
 * @param expected number of the label's objects by class; classes without objects are left out
 * @param detections of any class, in the order of their scores
 */
public record ScoredMatches(SortedMap<Integer, Integer> expected, List<Match> detections) {

  /**
   * A detection.
   *
   * @param classIndex its class
   * @param score how sure the network is
   * @param hit whether it matches an object of the label
   */
  public record Match(int classIndex, double score, boolean hit) {}

  /** Copies the collections. */
  public ScoredMatches {
    expected = new TreeMap<>(expected);
    detections = List.copyOf(detections);
  }

  /** {@return the same as bytes, which {@link #decode} reads} */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(expected.size());
      for (var objects : expected.entrySet()) {
        out.writeInt(objects.getKey());
        out.writeInt(objects.getValue());
      }
      for (Match match : detections) {
        out.writeInt(match.classIndex());
        out.writeDouble(match.score());
        out.writeBoolean(match.hit());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #encode} returned.
   *
   * @param bytes the bytes
   * @return the matches
   * @throws UncheckedIOException if the bytes end too early
   */
  public static ScoredMatches decode(byte[] bytes) {
    SortedMap<Integer, Integer> expected = new TreeMap<>();
    List<Match> detections = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int classes = in.readInt();
      for (int i = 0; i < classes; i++) {
        expected.put(in.readInt(), in.readInt());
      }
      while (in.available() > 0) {
        detections.add(new Match(in.readInt(), in.readDouble(), in.readBoolean()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ScoredMatches(expected, detections);
  }
}
