package org.bitgaze.pipelines.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.testing.Shared;
import org.junit.jupiter.api.Test;

class PublishedTest {
  @Test
  void numbersAreThePapers() throws IOException {
    Published published = Published.read();
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    int n = 0;
    try (var rows = format.parse(Files.newBufferedReader(Shared.file("table1.csv")))) {
      for (CSVRecord row : rows) {
        MeanStd value =
            published
                .find(
                    row.get("network"),
                    row.get("precision"),
                    row.get("reference"),
                    row.get("metric"))
                .orElseThrow();
        assertEquals(Double.parseDouble(row.get("mean")), value.mean());
        assertEquals(Double.parseDouble(row.get("std")), value.std());
        n++;
      }
    }
    assertEquals(90, n);
  }

  @Test
  void othersWereNotPublished() throws IOException {
    assertTrue(Published.read().find("resnet18", "f32", "saliency", "CC").isEmpty());
    assertTrue(Published.read().find("vgg16", "int4", "f32", "CC").isEmpty());
  }

  /** The paper says SqueezeNet, and its code runs 1.1. */
  @Test
  void bothSqueezeNetsAreBesideThePapers() throws IOException {
    Published published = Published.read();
    MeanStd value = published.find("squeezenet1_1", "int8", "f32", "CC").orElseThrow();
    assertEquals(published.find("squeezenet1_0", "int8", "f32", "CC").orElseThrow(), value);
    assertEquals(0.893, value.mean());
  }
}
