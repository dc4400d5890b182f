package io.etlapi.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process, one deployment, one storage folder. */
class StorageLockTest {

  private Path folder;

  @BeforeEach
  void folder(@TempDir Path given) {
    folder = given;
  }

  /** Holds the lock of a folder until its input ends. */
  static final class Holder {
    private Holder() {}

    /** Says "held" when it holds the lock. */
    public static void main(String[] args) throws IOException {
      try (StorageLock lock =
          StorageLock.acquire(new StorageLayout(Path.of(args[0])), SampleTasks.T0)) {
        System.out.println("held " + (lock != null));
        while (System.in.read() >= 0) {}
      }
    }
  }

  private Process holder() throws Exception {
    String classes =
        Path.of(Storage.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            + File.pathSeparator
            + Path.of(Holder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                Holder.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertEquals("held true", out.readLine());
    return process;
  }

  @Test
  void aSecondProcessIsRefusedAndToldWhoHoldsTheFolder() throws Exception {
    Process holder = holder();
    try {
      StoreException refused =
          assertThrows(StoreException.class, () -> Storage.open(folder, SampleTasks.T0));
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("pid " + holder.pid() + ", since 2026-03-01"), message);
      assertThrows(
          StoreException.class,
          () -> Storage.open(folder, SampleTasks.T0),
          "being refused does not release the other's lock");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    Storage.open(folder, SampleTasks.T0).close();
  }

  @Test
  void aSecondDeploymentInThisProcessIsRefusedAlsoThroughALink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    try (Storage storage = Storage.open(folder, SampleTasks.T0)) {
      StoreException refused =
          assertThrows(StoreException.class, () -> Storage.open(link, SampleTasks.T0));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("another deployment"),
          refused.getMessage());
      storage.tasks().create(SampleTasks.pending(1));
    }
    Storage.open(folder, SampleTasks.T0).close();
  }

  @Test
  void beingRefusedInThisProcessDoesNotOpenTheFolderToOthers() throws Exception {
    try (Storage storage = Storage.open(folder, SampleTasks.T0)) {
      assertThrows(StoreException.class, () -> Storage.open(folder, SampleTasks.T0));
      assertThrows(AssertionError.class, this::holder, "another process still cannot take it");
      assertTrue(storage.tasks().health().isHealthy());
    }
  }
}
