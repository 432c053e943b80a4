package org.bitgaze.transforms.coders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.bitgaze.scene.Scene;

/** Encodes a {@link Scene} by its key, which decides everything. */
final class SceneCoder extends AtomicCoder<Scene> {
  private static final long serialVersionUID = 1L;
  private static final StringUtf8Coder STRING = StringUtf8Coder.of();

  @Override
  public void encode(Scene value, OutputStream out) throws IOException {
    STRING.encode(value.key(), out);
  }

  @Override
  public Scene decode(InputStream in) throws IOException {
    return Scene.of(STRING.decode(in));
  }
}
