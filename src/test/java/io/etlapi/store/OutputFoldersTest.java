package io.etlapi.store;

import static io.etlapi.store.SampleTasks.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.store.FaultyDisk.Point;
import io.etlapi.task.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Outputs appear as a whole or not at all. */
class OutputFoldersTest {

  private static final String SHA256_OF_ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  private Path root;

  private RealDisk real;
  private FaultyDisk disk;
  private DurableFiles files;
  private OutputFolders outputs;

  @BeforeEach
  void open(@TempDir Path given) throws IOException {
    root = given;
    real = new RealDisk(List.of(root));
    disk = new FaultyDisk(real);
    files = new DurableFiles(disk, root);
    outputs = new OutputFolders(root, files);
  }

  @AfterEach
  void close() {
    files.close();
    real.close();
  }

  @Test
  void anAttemptIsPublishedWithTheDigestsOfItsFiles() throws Exception {
    Path work = outputs.open(id(1), 1);
    Files.writeString(work.resolve("b.csv"), "abc");
    Files.createDirectories(work.resolve("part=1"));
    Files.writeString(work.resolve("part=1/a.parquet"), "abc");
    assertFalse(Files.exists(outputs.published(id(1))));

    List<OutputFile> published = outputs.publish(id(1), 1);

    assertEquals(
        List.of(
            new OutputFile("b.csv", 3, SHA256_OF_ABC),
            new OutputFile("part=1/a.parquet", 3, SHA256_OF_ABC)),
        published);
    assertEquals("abc", Files.readString(outputs.published(id(1)).resolve("part=1/a.parquet")));
    assertFalse(Files.exists(work));
    assertEquals(2, disk.count(Point.SYNC_FILE));
    assertEquals(3, disk.count(Point.SYNC_FOLDER), "both folders and the one above");
  }

  @Test
  void aLargeResultIsPublishedWithTheFiles() throws Exception {
    outputs.open(id(1), 1);
    outputs.writeResult(id(1), 1, out -> out.write("abc".getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        List.of(new OutputFile("result.json", 3, SHA256_OF_ABC)), outputs.publish(id(1), 1));
    assertEquals("abc", Files.readString(outputs.resultFile(id(1))));
  }

  @Test
  void aStepMayNotTakeTheNameOfTheResult() throws IOException {
    Files.writeString(outputs.open(id(1), 1).resolve("result.json"), "mine");
    UnpublishableOutputException refused =
        assertThrows(
            UnpublishableOutputException.class, () -> outputs.writeResult(id(1), 1, out -> {}));
    assertTrue(String.valueOf(refused.getMessage()).contains("result.json"));
  }

  @Test
  void aLinkIsNeitherFollowedNorPublished() throws IOException {
    Path secret = Files.writeString(root.resolve("secret"), "secret");
    Path work = outputs.open(id(1), 1);
    Files.createSymbolicLink(work.resolve("innocent.csv"), secret);
    UnpublishableOutputException refused =
        assertThrows(UnpublishableOutputException.class, () -> outputs.publish(id(1), 1));
    assertTrue(String.valueOf(refused.getMessage()).contains("'innocent.csv'"));
    assertFalse(Files.exists(outputs.published(id(1))));
    outputs.discard(id(1), 1);
    assertFalse(Files.exists(work));
    assertEquals("secret", Files.readString(secret));
  }

  @Test
  void aLinkToAFolderIsNotFollowedWhenItIsDiscarded() throws IOException {
    Path others = Files.createDirectories(root.resolve("others"));
    Files.writeString(others.resolve("kept"), "kept");
    Files.createSymbolicLink(outputs.open(id(1), 1).resolve("link"), others);
    assertThrows(UnpublishableOutputException.class, () -> outputs.publish(id(1), 1));
    outputs.discard(id(1), 1);
    assertEquals("kept", Files.readString(others.resolve("kept")));
  }

  @Test
  void anAttemptBeginsInAnEmptyFolder() throws IOException {
    Files.writeString(outputs.open(id(1), 1).resolve("left"), "x");
    try (var entries = Files.list(outputs.open(id(1), 1))) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void whatAnEarlierAttemptPublishedIsReplaced() throws Exception {
    Files.writeString(outputs.open(id(1), 1).resolve("old.csv"), "old");
    outputs.publish(id(1), 1);
    Files.writeString(outputs.open(id(1), 2).resolve("new.csv"), "new");
    outputs.publish(id(1), 2);
    assertFalse(Files.exists(outputs.published(id(1)).resolve("old.csv")));
    assertEquals("new", Files.readString(outputs.published(id(1)).resolve("new.csv")));
    try (var entries = Files.list(root)) {
      assertEquals(1, entries.count());
    }
  }

  @Test
  void aStopWhileTheFilesAreReadPublishesNothing() throws IOException {
    Files.writeString(outputs.open(id(1), 1).resolve("rows.csv"), "abc");
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> outputs.publish(id(1), 1));
    assertFalse(Thread.interrupted());
    assertFalse(Files.exists(outputs.published(id(1))));
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"SYNC_FILE", "SYNC_FOLDER", "RENAME"})
  void aFaultIsNeverAPublication(Point point) throws IOException {
    Files.writeString(outputs.open(id(1), 1).resolve("rows.csv"), "abc");
    disk.fail(point, "Input/output error");
    assertThrows(StoreException.class, () -> outputs.publish(id(1), 1));
    assertFalse(Files.exists(outputs.published(id(1))));
    assertEquals(point.isFsync(), files.health().needsRestart());
  }

  @Test
  void aRemovedOutputIsGone() throws Exception {
    Files.writeString(outputs.open(id(1), 1).resolve("rows.csv"), "abc");
    outputs.publish(id(1), 1);
    outputs.remove(id(1));
    outputs.remove(id(1));
    assertFalse(Files.exists(outputs.published(id(1))));
    assertTrue(outputs.freeBytes() > 0);
  }
}
