package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** A storage folder on a disk of 48 MB that somebody else fills. */
class FullDiskIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void aFullDiskRefusesWorkLosesNothingAndEndsWhenThereIsRoomAgain() throws Exception {
    Path disk = TestBuild.emptyFolder("full-disk-mount");
    TestFiles files = new TestFiles(TestBuild.emptyFolder("full-disk-data"));
    mountSmallDisk(disk);
    try (ServerProcess server =
        ServerProcess.onStorage(
            ServerKind.PAYARA_MICRO,
            "full-disk",
            disk.resolve("storage"),
            Map.of(
                "ETL_DATA_ROOTS", files.folder().toString(),
                "ETL_MIN_FREE_SPACE", "0",
                "ETL_ENGINE_MEMORY", "512M"))) {
      EtlClient client = server.start().client();
      Map<String, Object> body = TestFiles.reading(files.numbered("small.csv", "x", 100));
      List<String> accepted = new ArrayList<>();
      accepted.add(client.complete("read_csv", body).string("task_id"));

      Path ballast = disk.resolve("ballast");
      fill(ballast);
      Answer refused = client.post("/run/read_csv", body);
      assertEquals(503, refused.status(), refused::toString);
      assertTrue(refused.contentType().startsWith("application/problem+json"));
      assertEquals(503, client.get("/health").status());
      assertEquals("unhealthy", client.get("/health").string("status"));
      for (String id : accepted) {
        assertEquals("completed", client.statusWord(id));
      }

      Files.delete(ballast);
      Await.until(
          "the server accepts work again",
          LIMIT,
          () -> {
            Answer answer = client.post("/run/read_csv", body);
            if (answer.status() == 200) {
              accepted.add(answer.string("task_id"));
            }
            return answer.status() == 200;
          },
          server::logTail);
      assertEquals(200, client.get("/health").status());

      server.kill9();
      server.start();
      for (String id : accepted) {
        assertTrue(EtlClient.isTerminal(client.awaitEnd(id, LIMIT).string("status")));
      }
    } finally {
      run("umount", disk.toString());
    }
  }

  private static void mountSmallDisk(Path folder) throws Exception {
    int code;
    try {
      code = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder.toString());
    } catch (IOException e) {
      code = -1;
    }
    if (code != 0) {
      String line = "SKIPPED: the full disk test needs the right to mount a tmpfs (run as root).";
      System.err.println("\n*** " + line + " ***\n");
      throw new TestAbortedException(line);
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return -1;
    }
    return process.exitValue();
  }

  /** Writes until nothing more goes in, not even a byte. */
  private static void fill(Path ballast) throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast)) {
      for (int size = 1 << 20; size >= 1; size /= 2) {
        byte[] block = new byte[size];
        boolean fits = true;
        while (fits) {
          try {
            out.write(block);
          } catch (IOException e) {
            fits = false;
          }
        }
      }
    }
  }
}
