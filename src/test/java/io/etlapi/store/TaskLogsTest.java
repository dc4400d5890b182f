package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logs of tasks. */
class TaskLogsTest {

  private Path folder;

  private TaskLogs logs;

  @BeforeEach
  void open(@TempDir Path given) throws IOException {
    folder = given;
    StorageLayout layout = new StorageLayout(folder);
    Files.createDirectories(layout.logs());
    logs = new TaskLogs(layout);
  }

  @Test
  void aLineHasItsTime() {
    logs.append(id(1), at(0), "reading trades.csv");
    logs.append(id(2), at(0), "another task");
    assertEquals(List.of("2026-03-01T10:00:00.123Z reading trades.csv"), logs.tail(id(1), 10));
  }

  @Test
  void aStrangersTextCannotForgeALineNorHideInOne() {
    logs.append(
        id(1), at(0), "name: a\nforged\r\n\u001b[2Jb\u202ec\u0000\u2028d\t\u00e4\ud83d\ude80");
    List<String> lines = logs.tail(id(1), 10);
    assertEquals(1, lines.size());
    assertTrue(
        lines
            .get(0)
            .endsWith(
                "name: a\\nforged\\r\\n\\u001b[2Jb\\u202ec\\u0000\\u2028d\\t\u00e4\ud83d\ude80"),
        lines.get(0));
  }

  @Test
  void aLongLineIsCutAndSaysSo() {
    logs.append(id(1), at(0), "x".repeat(10_000));
    String line = logs.tail(id(1), 1).get(0);
    assertTrue(line.endsWith(" [5904 more characters]"), line.substring(line.length() - 40));
  }

  @Test
  void theLastLinesComeInOrder() {
    for (int n = 0; n < 50; n++) {
      logs.append(id(1), at(n), "line " + n);
    }
    List<String> tail = logs.tail(id(1), 3);
    assertTrue(tail.get(0).endsWith("line 47") && tail.get(2).endsWith("line 49"), tail.toString());
    assertEquals(List.of(), logs.tail(id(2), 3));
  }

  @Test
  void aReaderGoesOnWhereItStopped() {
    for (int n = 0; n < 5000; n++) {
      logs.append(id(1), at(n), "line " + n + " \u00e4");
    }
    StringBuilder all = new StringBuilder();
    long offset = 0;
    int pages = 0;
    while (true) {
      TaskLogs.Page page = logs.read(id(1), offset, 1);
      if (page.text().isEmpty()) {
        break;
      }
      assertTrue(page.text().endsWith("\n"), "whole lines only");
      all.append(page.text());
      offset = page.nextOffset();
      pages++;
    }
    assertTrue(pages > 1);
    assertEquals(5000, all.toString().lines().count());
    logs.append(id(1), at(6000), "one more");
    assertTrue(logs.read(id(1), offset, 1).text().endsWith("one more\n"));
    assertEquals(new TaskLogs.Page("", 0), logs.read(id(9), 0, 1000));
  }

  @Test
  void aLogIsBoundedAndKeepsRoomForTheServersLastWords() throws IOException {
    String line = "y".repeat(4000);
    for (int n = 0; n < 400; n++) {
      logs.append(id(1), at(n), line);
    }
    List<String> before = logs.tail(id(1), 1);
    assertTrue(before.get(0).endsWith("further lines of the step are not kept]"), before.get(0));
    logs.append(id(1), at(500), "dropped");
    assertEquals(before, logs.tail(id(1), 1), "the notice comes once");
    logs.appendNotice(id(1), at(501), "the task failed: no such column");
    assertTrue(logs.tail(id(1), 1).get(0).endsWith("no such column"));
    for (int n = 0; n < 400; n++) {
      logs.appendNotice(id(1), at(n), line);
    }
    assertTrue(Files.size(folder.resolve("logs/" + id(1) + ".log")) <= TaskLogs.MAX_BYTES);
  }

  @Test
  void anInterruptedTaskCanStillLog() {
    Thread.currentThread().interrupt();
    logs.append(id(1), at(0), "stopping");
    assertTrue(Thread.interrupted());
    assertEquals(1, logs.tail(id(1), 5).size());
  }

  @Test
  void aLogThatCannotBeWrittenFailsNoTask() throws IOException {
    Files.createDirectories(folder.resolve("logs/" + id(1) + ".log"));
    logs.append(id(1), at(0), "lost");
    assertFalse(Files.isRegularFile(folder.resolve("logs/" + id(1) + ".log")));
  }

  @Test
  void aRemovedLogIsGone() {
    logs.append(id(1), at(0), "x");
    logs.remove(id(1));
    logs.remove(id(1));
    assertEquals(List.of(), logs.tail(id(1), 5));
  }
}
