package org.bitgaze.transforms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as people have them. */
class MatchImagesTest {
  private final Map<String, String> found = new TreeMap<>();
  private final TreeSet<String> hidden = new TreeSet<>();
  private final Map<String, String> unusable = new TreeMap<>();

  @TempDir private Path folder;
  private Path photos;

  @BeforeEach
  void makeFolder() throws IOException {
    photos = Files.createDirectory(folder.resolve("photos"));
  }

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = photos.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  private void visit(MatchImages images) throws IOException {
    found.clear();
    hidden.clear();
    unusable.clear();
    images.visit(
        new MatchImages.Visitor() {
          @Override
          public void visit(String key, String path) {
            assertEquals(null, found.put(key, path), key);
            assertEquals(Path.of(path), Path.of(images.path(key)));
            assertTrue(Files.exists(Path.of(path)), path);
          }

          @Override
          public void unusable(String key, String reason) {
            unusable.put(key, reason);
          }

          @Override
          public void hidden(String key) {
            hidden.add(key);
          }
        });
  }

  @Test
  void hiddenFilesAreCountedAndSkipped() throws IOException {
    List<String> all =
        List.of(
            ".ipynb_checkpoints/a-checkpoint.jpg",
            "._a.jpg",
            ".Trash-1000/files/b.jpg",
            "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
            "__MACOSX/._a.jpg",
            "__MACOSX/a.jpg",
            "deep/$RECYCLE.BIN/c.png",
            "#recycle/d.png");
    files(all.toArray(String[]::new));
    files("a.jpg", "folder.jpg/b.jpg", "Thumbs.db", ".DS_Store", "..a/x.txt");
    visit(MatchImages.in(photos.toString()));
    assertEquals(List.of("a.jpg", "folder.jpg/b.jpg"), List.copyOf(found.keySet()));
    assertEquals(new TreeSet<>(all), hidden);
    // A root that is hidden itself is what is asked for.
    visit(MatchImages.in(photos + "/.ipynb_checkpoints"));
    assertEquals(List.of("a-checkpoint.jpg"), List.copyOf(found.keySet()));
  }

  @Test
  void urisGiveTheKeysOfPaths() throws IOException {
    files("a b.jpg", "deep/c.png");
    List<String> keys = List.of("a b.jpg", "deep/c.png");
    for (String root :
        List.of(
            photos.toString(),
            photos + "/",
            "file://" + photos,
            "file:" + photos,
            "file://localhost" + photos,
            photos.toUri().toString())) {
      visit(MatchImages.in(root));
      assertEquals(keys, List.copyOf(found.keySet()), root);
    }
    Path named = Files.createDirectory(folder.resolve("new photos"));
    Files.createFile(named.resolve("x.jpg"));
    visit(MatchImages.in(named.toUri().toString()));
    assertEquals(List.of("x.jpg"), List.copyOf(found.keySet()));
  }

  @Test
  void namesThatLookLikePatternsAreNames() throws IOException {
    files("{1}/a.jpg", "[1]/b.jpg", "x*y/c.jpg", "{1}/deep/d.jpg", "1/e.jpg", "p[1].jpg", "q{.jpg");
    for (String start : List.of("", "file://")) {
      visit(MatchImages.in(start + photos + "/{1}"));
      assertEquals(List.of("a.jpg", "deep/d.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/{1}/*.jpg"));
      assertEquals(List.of("a.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/[1]/*.jpg"));
      assertEquals(List.of("b.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/x*y/*"));
      assertEquals(List.of("c.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/p[1]*"));
      assertEquals(List.of("p[1].jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/q{*"));
      assertEquals(List.of("q{.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/{1,2}/*.jpg"));
      assertEquals(List.of("1/e.jpg"), List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/**/[a-d].jpg"));
      assertEquals(
          List.of("[1]/b.jpg", "x*y/c.jpg", "{1}/a.jpg", "{1}/deep/d.jpg"),
          List.copyOf(found.keySet()));
      visit(pattern(start + photos + "/none/*.jpg"));
      assertEquals(Map.of(), found);
    }
  }

  private static MatchImages pattern(String pattern) {
    return MatchImages.matching(pattern, MatchImages.literalFolder(MatchImages.local(pattern)));
  }

  @Test
  void twoFilesNeverShareAKey() throws IOException {
    files("a\\b.jpg", "a/b.jpg");
    visit(MatchImages.in(photos.toString()));
    assertEquals(List.of("a/b.jpg", "a\\b.jpg"), List.copyOf(found.keySet()));
  }

  @Test
  void namesThatRowsCannotHoldAreReported() throws IOException {
    files("a\nb.jpg", "c\td.jpg", "e\rf.jpg", "g,\"h.jpg", "\u00e9.jpg");
    visit(MatchImages.in(photos.toString()));
    assertEquals(List.of("g,\"h.jpg", "\u00e9.jpg"), List.copyOf(found.keySet()));
    assertEquals(
        List.of("a\\u000ab.jpg", "c\\u0009d.jpg", "e\\u000df.jpg"), List.copyOf(unusable.keySet()));
  }

  @Test
  void linksThatLeadNowhereAreReported() throws IOException {
    files("a.jpg");
    Files.createSymbolicLink(photos.resolve("gone.jpg"), photos.resolve("none"));
    Files.createSymbolicLink(photos.resolve("loop"), photos);
    Files.createSymbolicLink(photos.resolve("other.jpg"), photos.resolve("a.jpg"));
    visit(MatchImages.in(photos.toString()));
    assertEquals(List.of("a.jpg", "other.jpg"), List.copyOf(found.keySet()));
    assertEquals(Map.of("gone.jpg", "is a link to a file that does not exist"), unusable);
  }

  @Test
  void foldersThatCannotBeReadAreReported() throws IOException {
    files("a.jpg", "secret/b.jpg");
    Path secret = photos.resolve("secret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
    try {
      assumeFalse(Files.isReadable(secret), "skipped: this user may read everything");
      visit(MatchImages.in(photos.toString()));
      assertEquals(List.of("a.jpg"), List.copyOf(found.keySet()));
      assertEquals(Map.of("secret", "cannot be read: permission denied"), unusable);
      visit(MatchImages.in(secret.toString()));
      assertEquals(1, unusable.size(), "" + unusable);
    } finally {
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
    }
  }
}
