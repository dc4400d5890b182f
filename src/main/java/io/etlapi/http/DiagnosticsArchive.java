package io.etlapi.http;

import io.etlapi.execution.ServerReport;
import io.etlapi.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What helps someone who is not there to find out what is wrong, as a zip. Holds no parameters of
 * tasks, no data and no secrets: settings are masked before they come here.
 */
final class DiagnosticsArchive {

  private final ServerView server;
  private final StatsView stats;
  private final HistoryView history;
  private final ServerReport.Recovery recovery;
  private final List<String> log;

  DiagnosticsArchive(
      ServerView server,
      StatsView stats,
      HistoryView history,
      ServerReport.Recovery recovery,
      List<String> log) {
    this.server = server;
    this.stats = stats;
    this.history = history;
    this.recovery = recovery;
    this.log = log;
  }

  void write(OutputStream out) throws IOException {
    // The caller's stream stays open: the container owns it.
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    add(zip, "server.json", ViewWriter.json(server));
    add(zip, "stats.json", ViewWriter.json(stats));
    add(zip, "history.json", ViewWriter.json(history));
    add(zip, "store.json", Json.write(store()));
    add(zip, "threads.txt", threads());
    add(zip, "log.txt", String.join("\n", log) + "\n");
    zip.finish();
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }

  private Map<String, @Nullable Object> store() {
    Map<String, @Nullable Object> store = new LinkedHashMap<>();
    store.put("tasks_at_start", recovery.tasks());
    store.put("known_from_snapshot", recovery.fromSnapshot());
    store.put("quarantined", recovery.quarantined());
    store.put("leftovers_removed", recovery.leftovers());
    store.put("orphans_removed", recovery.orphans());
    store.put("faults", server.health().reasons());
    return store;
  }

  private static String threads() {
    StringBuilder text = new StringBuilder();
    for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(false, false)) {
      text.append('"')
          .append(thread.getThreadName())
          .append("\" ")
          .append(thread.getThreadId())
          .append(' ')
          .append(thread.getThreadState());
      if (thread.getLockName() != null) {
        text.append(" on ").append(thread.getLockName());
        if (thread.getLockOwnerName() != null) {
          text.append(" held by \"").append(thread.getLockOwnerName()).append('"');
        }
      }
      text.append('\n');
      for (StackTraceElement frame : thread.getStackTrace()) {
        text.append("    at ").append(frame).append('\n');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
