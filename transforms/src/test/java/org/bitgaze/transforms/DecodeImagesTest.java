package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.transforms.values.Reject;
import org.junit.jupiter.api.Test;

class DecodeImagesTest {

  @Test
  void anErrorOfAReaderIsThatImagesReject() {
    TestPipeline p = pipeline();
    PAssert.that(
            source(p)
                .apply(
                    DecodeImages.of(
                        path -> {
                          throw new StackOverflowError();
                        })))
        .satisfies(
            images -> {
              images.forEach(
                  image ->
                      assertEquals(
                          List.of(Reject.of("a.jpg", "decode", "", "StackOverflowError")),
                          image.getValue().maps().rejects()));
              return null;
            });
    p.run().waitUntilFinish();
  }

  @Test
  void runningOutOfMemoryNamesTheImage() {
    TestPipeline p = pipeline();
    source(p)
        .apply(
            DecodeImages.of(
                path -> {
                  throw new OutOfMemoryError("Java heap space");
                }));
    Throwable thrown = assertThrows(Throwable.class, () -> p.run().waitUntilFinish());
    while (thrown.getCause() != null && !(thrown instanceof OutOfMemoryError)) {
      thrown = thrown.getCause();
    }
    assertTrue(thrown.toString().contains("a.jpg: Java heap space"), thrown.toString());
  }

  private static TestPipeline pipeline() {
    return TestPipeline.fromOptions(PipelineOptionsFactory.create())
        .enableAbandonedNodeEnforcement(false);
  }

  private static PCollection<KV<String, String>> source(TestPipeline p) {
    return p.apply(
        Create.of(KV.of("a.jpg", "anywhere/a.jpg"))
            .withCoder(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of())));
  }
}
