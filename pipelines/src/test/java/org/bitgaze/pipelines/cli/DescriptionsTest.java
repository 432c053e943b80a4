package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DescriptionsTest {
  @Test
  void onlyHarmlessValuesOfForeignOptionsAreWrittenDown() {
    List<String> beam =
        List.of(
            "--awsCredentialsProvider={\"awsAccessKeyId\":\"A\"}",
            "--s3Key",
            "hunter2",
            "--parallelism=4",
            "--flinkMaster=user:word@host:8081",
            "--flinkMaster=host:8081");
    assertEquals(
        List.of(
            "--input",
            "photos",
            "--output=out",
            "--awsCredentialsProvider=***",
            "--s3Key",
            "***",
            "--parallelism=4",
            "--flinkMaster=***",
            "--flinkMaster=host:8081"),
        Descriptions.hide(
            Stream.concat(Stream.of("--input", "photos", "--output=out"), beam.stream()).toList(),
            beam));
  }
}
