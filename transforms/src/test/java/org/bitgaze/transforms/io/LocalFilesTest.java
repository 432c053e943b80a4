package org.bitgaze.transforms.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code file://} addresses, which Beam's own local file system serves. */
class LocalFilesTest {
  private static final String HOME = "bitgaze.home";

  @TempDir private Path folder;

  @BeforeEach
  void useOwnCache() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
    System.setProperty(HOME, folder.resolve("home").toString());
  }

  @AfterEach
  void useUsualCache() {
    System.clearProperty(HOME);
  }

  private String remote(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
    return "file://" + folder.resolve(name);
  }

  @Test
  void aRemoteFileIsCopiedOnce() throws IOException {
    String address = remote("weights.pth", "one");
    Path copy = LocalFiles.get(address);
    assertTrue(copy.startsWith(folder.resolve("home")), copy.toString());
    assertEquals("weights.pth", copy.getFileName().toString());
    assertEquals("one", Files.readString(copy));
    var made = Files.getLastModifiedTime(copy);
    assertEquals(copy, LocalFiles.get(address));
    assertEquals(made, Files.getLastModifiedTime(copy));
    remote("weights.pth", "another");
    Path changed = LocalFiles.get(address);
    assertNotEquals(copy, changed);
    assertEquals("another", Files.readString(changed));
  }

  @Test
  void aLocalFileIsItself() throws IOException {
    remote("weights.pth", "one");
    Path file = folder.resolve("weights.pth");
    assertEquals(file, LocalFiles.get(file.toString()));
  }

  @Test
  void aMissingFileIsNamed() {
    for (String path : List.of("file://" + folder + "/none.pth", folder + "/none.pth")) {
      IOException e = assertThrows(IOException.class, () -> LocalFiles.get(path));
      assertEquals("there is no file " + path, e.getMessage());
    }
    IOException e = assertThrows(IOException.class, () -> LocalFiles.get("nosuch://a/b.pth"));
    assertTrue(e.getMessage().startsWith("nosuch://a/b.pth cannot be read"), e.getMessage());
  }

  @Test
  void theFirstNameWins() throws IOException {
    remote("a.pth", "a");
    remote("b.pth", "b");
    String address = "file://" + folder;
    Optional<Path> found = LocalFiles.firstOf(address, List.of("none.pth", "b.pth", "a.pth"));
    assertEquals("b", Files.readString(found.orElseThrow()));
    assertEquals(Optional.empty(), LocalFiles.firstOf(address, List.of("none.pth")));
  }

  @Test
  void filesBesideAnOnnxFileAreCopied() throws IOException {
    String address = remote("mine.onnx", "model");
    remote("mine.json", "{}");
    remote("mine.onnx.data", "tensors");
    Path copy = LocalFiles.onnx(address);
    assertEquals("{}", Files.readString(copy.resolveSibling("mine.json")));
    assertEquals("tensors", Files.readString(copy.resolveSibling("mine.onnx.data")));
    Files.delete(folder.resolve("mine.json"));
    LocalFiles.onnx(address);
    assertTrue(Files.notExists(copy.resolveSibling("mine.json")));
  }
}
