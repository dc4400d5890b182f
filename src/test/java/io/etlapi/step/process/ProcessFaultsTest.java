package io.etlapi.step.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.TestStepContext;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Programs that misbehave: each ends with a clear error, and nothing of it is left. */
@EnabledOnOs(OS.LINUX)
class ProcessFaultsTest {

  /** Starts a grandchild in a session of its own, whose parent ends, and writes down its pid. */
  private static final String DOUBLE_FORK =
      """
      import os, sys, time
      if os.fork() == 0:
          os.setsid()
          if os.fork() == 0:
              open('%s', 'w').write(str(os.getpid()))
              time.sleep(600)
          os._exit(0)
      os.wait()
      """;

  @TempDir Path temp;
  private ProcessBench bench;

  @BeforeEach
  void bench() throws IOException {
    bench = new ProcessBench(temp);
  }

  private static ProcessLimits limits(long memory, long cpu, long output, long file, int count) {
    return new ProcessLimits(memory << 20, cpu, output << 20, file << 20, count);
  }

  @Test
  void aProgramThatPrintsWithoutEndIsEnded() throws Exception {
    bench.limits(limits(512, 600, 2, 10_000, 64));

    assertTrue(bench.failure(bench.shell("yes")).startsWith("The process printed more than 2 MB"));
    assertTrue(bench.failure(bench.shell("yes >&2")).startsWith("The process printed more than"));
    assertTrue(
        bench.failure(bench.shell("cat /dev/zero")).startsWith("The process printed more than"),
        "one line without an end");
  }

  @Test
  void aProgramThatUsesTooMuchMemoryIsEnded() throws Exception {
    bench.limits(limits(64, 600, 2, 100, 64));

    assertTrue(
        bench.failure(bench.python("x = bytearray(400 * 1024 * 1024)")).endsWith("MemoryError"),
        "one process");
    assertTrue(
        bench
            .failure(
                bench.python(
                    """
                    import os, time
                    for i in range(4):
                        if os.fork() == 0:
                            x = bytearray(b'x') * (30 * 1024 * 1024)
                            time.sleep(600)
                    time.sleep(600)
                    """))
            .contains("used more than 64 MB of memory"),
        "several processes together");
  }

  @Test
  void aProgramThatUsesTooMuchProcessorTimeIsEnded() throws Exception {
    bench.limits(limits(512, 1, 2, 100, 64));

    assertTrue(bench.failure(bench.shell("while :; do :; done")).contains("1 s of processor time"));
  }

  @Test
  void aProgramThatWritesTooLargeAFileIsEnded() throws Exception {
    bench.limits(limits(512, 600, 2, 1, 64));

    String error = bench.failure(bench.shell("exec cat /dev/zero > large"));
    assertTrue(error.contains("file larger than 1 MB"), error);
  }

  @Test
  void aProgramThatForksWithoutEndIsEnded() throws Exception {
    bench.limits(limits(512, 600, 2, 100, 8));
    String error =
        bench.failure(
            bench.python(
                """
                import os, time
                for i in range(40):
                    if os.fork() == 0:
                        time.sleep(600)
                        os._exit(0)
                time.sleep(600)
                """));

    assertTrue(error.contains("limits.processes allows 8"), error);
  }

  @Test
  void aProgramThatDiesByASignalIsNamed() throws Exception {
    assertEquals(
        "The process was ended by signal 9 (KILL).", bench.failure(bench.shell("kill -9 $$")));
    assertEquals(
        "The process was ended by signal 11 (SEGV): about to fall",
        bench.failure(bench.shell("echo 'about to fall' >&2; kill -SEGV $$")));
  }

  @Test
  void whatAProgramLeavesRunningIsEndedAndSaid() throws Exception {
    Path pid = temp.resolve("pid");
    String error = bench.failure(bench.python(DOUBLE_FORK.formatted(pid) + "print('{\"ok\": 1}')"));

    assertTrue(error.startsWith("The process ended but left 1 process (python3"), error);
    assertFalse(ProcessBench.isAlive(Long.parseLong(Files.readString(pid))));
  }

  @Test
  void aDeadChildThatNobodyAwaitsIsNoFault() throws Exception {
    assertEquals(
        1L,
        bench
            .run(
                bench.python(
                    """
                    import os, time
                    pid = os.fork()
                    if pid == 0:
                        os._exit(0)
                    while open('/proc/%d/stat' % pid).read().split(') ')[1][0] != 'Z':
                        time.sleep(0.01)
                    print('{"ok": 1}')
                    """))
            .get("ok"));
  }

  @Test
  void aStopEndsTheWholeTreeWithinTwoSeconds() throws Exception {
    Path pid = temp.resolve("pid");
    ProcessStep step =
        bench.python(
            "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                + DOUBLE_FORK.formatted(pid)
                + "time.sleep(600)\n");
    try (TestStepContext context = bench.steps().context(Map.of())) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread attempt =
          new Thread(
              () -> {
                try {
                  step.run(context);
                } catch (Exception e) {
                  thrown.complete(e);
                }
              });
      attempt.start();
      ProcessBench.await("the grandchild", () -> isWritten(pid));
      long grandchild = Long.parseLong(Files.readString(pid));
      assertTrue(ProcessBench.isAlive(grandchild));

      long stopped = System.nanoTime();
      attempt.interrupt();

      assertInstanceOf(InterruptedException.class, thrown.get(10, TimeUnit.SECONDS));
      Duration took = Duration.ofNanos(System.nanoTime() - stopped);
      assertTrue(took.compareTo(Duration.ofSeconds(2)) <= 0, took.toString());
      assertFalse(ProcessBench.isAlive(grandchild), "it ignores SIGTERM, not SIGKILL");
    }
  }

  @Test
  void orphansAreFoundByTheirMark() throws Exception {
    TaskId task = new TaskId(UUID.randomUUID());
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", "sleep 600 & exec sleep 600");
    builder.environment().put(ProcessTree.MARK, task.toString());
    Process orphan = builder.start();
    try {
      ProcessBench.await("both", () -> new ProcessTree(task, orphan.pid()).members().size() == 2);

      assertEquals(0, ProcessTree.endOrphans(List.of(new TaskId(UUID.randomUUID()))));
      assertTrue(orphan.isAlive(), "another server's task is none of ours");
      assertEquals(2, ProcessTree.endOrphans(List.of(task)));
      assertTrue(orphan.waitFor(5, TimeUnit.SECONDS));
      assertEquals(List.of(), new ProcessTree(task, orphan.pid()).members());
    } finally {
      orphan.destroyForcibly();
    }
  }

  private static boolean isWritten(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 0;
    } catch (IOException e) {
      return false;
    }
  }
}
