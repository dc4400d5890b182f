package io.etlapi.step.access;

import static io.etlapi.step.Outputs.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.FileAccess;
import io.etlapi.step.PathRefusedException;
import io.etlapi.task.OutputFile;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootedFileAccessTest {

  private static final TaskId TASK = TaskId.of("01920000-0000-7000-8000-000000000001");

  private final Map<TaskId, List<OutputFile>> finished = new HashMap<>();
  private Path base;
  private Path first;
  private Path second;
  private Path storage;
  private Path exports;
  private FileAccess access;

  @BeforeEach
  void setUp(@TempDir Path folder) throws IOException {
    base = folder.toRealPath();
    first = Files.createDirectories(base.resolve("data one"));
    second = Files.createDirectories(base.resolve("data2"));
    storage = Files.createDirectories(base.resolve("storage"));
    exports = Files.createDirectories(base.resolve("exports"));
    Files.createDirectories(storage.resolve("samples"));
    Files.createDirectories(storage.resolve("output").resolve(TASK.toString()));
    access =
        new RootedFileAccess(
            List.of(first, second),
            List.of(exports),
            storage,
            task -> Optional.ofNullable(finished.get(task)));
  }

  private static Path touch(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "x");
  }

  @Test
  void filesBelowARootCanBeReadByAbsoluteAndRelativePaths() throws Exception {
    Path inSecond = touch(second.resolve("sub/a.csv"));
    assertEquals(inSecond, access.existing(inSecond.toString()));
    assertEquals(inSecond, access.existing("sub/a.csv"));
    assertEquals(inSecond, access.existing("sub/../sub/./a.csv"));
    Path inFirst = touch(first.resolve("sub/a.csv"));
    assertEquals(inFirst, access.existing("sub/a.csv"), "the first root where it exists");
    assertEquals(first.resolve("later.csv"), access.readable("later.csv"));
    Path sample = touch(storage.resolve("samples/orders.csv"));
    assertEquals(sample, access.existing("samples/orders.csv"));
    assertEquals(sample, access.existing(sample.toString()));
  }

  @Test
  void pathsThatLeadOutAreRefusedAndQuotedAsSent() throws IOException {
    touch(base.resolve("secret.csv"));
    for (String sent :
        List.of(
            "../secret.csv",
            "sub/../../secret.csv",
            base.resolve("secret.csv").toString(),
            "/etc/passwd",
            first + "/../secret.csv",
            first.toString() + "-else/a.csv",
            base.toString())) {
      String sentence = assertRefused(() -> access.readable(sent), "'" + sent + "'", "outside");
      assertFalse(
          sentence.replace(sent, "").contains(base.toString()),
          "a server path is told: " + sentence);
    }
  }

  @Test
  void whatIsNoPathIsRefused() {
    for (String sent :
        List.of(
            "",
            "  ",
            "a\0b",
            "a\nb.csv",
            "file:///etc/passwd",
            "FILE:/etc/passwd",
            "http://example.org/a.csv",
            "s3://bucket/a.parquet",
            "*.csv",
            "a?.csv",
            "[ab].csv",
            "x".repeat(5000))) {
      String sentence = assertRefused(() -> access.readable(sent));
      assertTrue(sentence.length() < 500, sentence);
      assertFalse(sentence.chars().anyMatch(Character::isISOControl), sentence);
    }
  }

  @Test
  void symbolicLinksThatLeaveAreRefusedAndThoseThatStayAreFollowed() throws Exception {
    Path secret = touch(base.resolve("outside/secret.csv"));
    Path inside = touch(second.resolve("real/a.csv"));
    Files.createSymbolicLink(first.resolve("out.csv"), secret);
    Files.createSymbolicLink(first.resolve("folder"), secret.getParent());
    Files.createSymbolicLink(first.resolve("nowhere"), base.resolve("outside/none"));
    Files.createSymbolicLink(first.resolve("in"), inside.getParent());
    assertRefused(() -> access.existing("out.csv"), "outside");
    assertRefused(() -> access.existing("folder/secret.csv"), "outside");
    assertRefused(() -> access.readable("folder/new/deep.csv"), "outside");
    assertRefused(() -> access.readable("nowhere"), "symbolic link");
    assertRefused(() -> access.readable(first + "/nowhere/deep.csv"), "symbolic link");
    assertEquals(inside, access.existing("in/a.csv"));
  }

  @Test
  void outputsCanBeReadOnlyWhenTheRecordOfACompletedTaskListsThem() throws Exception {
    Path folder = storage.resolve("output").resolve(TASK.toString());
    Path listed = touch(folder.resolve("data.parquet"));
    Path unlisted = touch(folder.resolve("smuggled.parquet"));
    assertRefused(() -> access.existing(listed.toString()), "outside");
    OutputFile record = new OutputFile("data.parquet", 1, "00");
    finished.put(TASK, List.of(record));
    assertEquals(listed, access.existing(listed.toString()));
    assertEquals(record, access.published(listed).orElseThrow().file());
    assertRefused(() -> access.existing(unlisted.toString()), "outside");
    assertRefused(() -> access.readable(folder.toString()), "outside");
    assertRefused(() -> access.readable(storage.resolve("output/nobody/x").toString()), "outside");
  }

  @Test
  void aDataRootThatContainsTheStorageDoesNotOpenIt() throws Exception {
    FileAccess wide =
        new RootedFileAccess(List.of(base), List.of(base), storage, task -> Optional.empty());
    Path record = touch(storage.resolve(TASK + ".json"));
    assertRefused(() -> wide.existing(record.toString()), "outside");
    assertRefused(() -> wide.writable(record.toString(), first), "outside");
    assertEquals(touch(first.resolve("a.csv")), wide.existing(first.resolve("a.csv").toString()));
  }

  @Test
  void anOutputIsFoundByThePathThatItHadBeforeTheStorageWasMoved() throws Exception {
    Path before = base.resolve("before");
    Path real = touch(storage.resolve("output").resolve(TASK.toString()).resolve("data.parquet"));
    finished.put(TASK, List.of(new OutputFile("data.parquet", 1, "ab")));
    FileAccess moved =
        new RootedFileAccess(
            List.of(first),
            List.of(exports),
            storage,
            List.of(before, base.resolve("earlier")),
            task -> Optional.ofNullable(finished.get(task)));
    String output = before + "/output/" + TASK;

    assertEquals(real, moved.existing(output + "/data.parquet"));
    assertEquals(real, moved.existing(base + "/x/../earlier/output/" + TASK + "/data.parquet"));
    // What lies there now is the file of another storage, if any, and never meant.
    touch(before.resolve("output").resolve(TASK.toString()).resolve("data.parquet"));
    assertEquals(real, moved.existing(output + "/data.parquet"));
    touch(real.resolveSibling("unlisted.csv"));
    assertRefused(() -> moved.existing(output + "/unlisted.csv"), "outside");
    assertRefused(() -> moved.readable(output + "/../../clock.json"), "outside");
    assertRefused(() -> access.existing(output + "/data.parquet"), "outside");
  }

  @Test
  void whatCannotBeReadIsSaidSo() throws IOException {
    Files.createDirectories(first.resolve("folder"));
    assertRefused(() -> access.existing("none.csv"), "'none.csv' does not exist");
    assertRefused(() -> access.existing("folder"), "is a folder");
  }

  @Test
  void relativeOutputsLieInTheTasksFolderAndAbsoluteOnesInAnOutputRoot() throws Exception {
    Path folder = Files.createDirectories(storage.resolve("attempts/1"));
    assertEquals(folder.resolve("out/a.csv"), access.writable("out/a.csv", folder));
    assertEquals(
        exports.resolve("a.csv"), access.writable(exports.resolve("a.csv").toString(), folder));
    assertRefused(() -> access.writable("../a.csv", folder), "out of the task's own folder");
    assertRefused(() -> access.writable("out/../..", folder), "out of the task's own folder");
    assertRefused(() -> access.writable(".", folder), "out of the task's own folder");
    assertRefused(() -> access.writable(first.resolve("a.csv").toString(), folder), "outside");
    Files.createSymbolicLink(folder.resolve("link"), first);
    assertRefused(() -> access.writable("link/a.csv", folder), "out of the task's own folder");
    Files.createSymbolicLink(exports.resolve("link"), first);
    assertRefused(
        () -> access.writable(exports.resolve("link/a.csv").toString(), folder), "outside");
  }

  /** However a path is put together: what is granted lies in a root. */
  @Test
  void nothingOutsideIsEverGranted() throws Exception {
    touch(base.resolve("secret.csv"));
    touch(first.resolve("a/b.csv"));
    Files.createSymbolicLink(first.resolve("a/up"), base);
    Files.createSymbolicLink(second.resolve("loop"), second.resolve("loop"));
    String[] pieces = {
      "..",
      ".",
      "a",
      "b.csv",
      "up",
      "loop",
      "secret.csv",
      "/",
      "//",
      "",
      "storage",
      "data2",
      "exports",
      "output",
      "etc",
      "passwd",
      "~",
      "%2e%2e",
      "\\..",
      "…",
      "nowhere"
    };
    Random random = new Random(11);
    int granted = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder sent = new StringBuilder();
      int shape = random.nextInt(3);
      sent.append(shape == 0 ? "" : shape == 1 ? first + "/" : base + "/");
      for (int i = random.nextInt(7); i >= 0; i--) {
        sent.append(pieces[random.nextInt(pieces.length)]).append(i > 0 ? "/" : "");
      }
      Path path;
      try {
        path = access.readable(sent.toString());
      } catch (PathRefusedException e) {
        continue;
      }
      granted++;
      Path existing = path;
      while (!Files.exists(existing)) {
        existing = Objects.requireNonNull(existing.getParent());
      }
      Path real = existing.toRealPath();
      assertTrue(
          real.startsWith(first) || real.startsWith(second), sent + " was granted as " + path);
      assertTrue(path.startsWith(first) || path.startsWith(second), sent + " became " + path);
    }
    assertTrue(granted > 100, "the test must also see paths that are granted: " + granted);
  }
}
