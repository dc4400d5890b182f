package io.etlapi.monitor;

import io.etlapi.json.Json;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes our log lines to standard output, each as one JSON object, and keeps them from the
 * server's own handlers. What the server itself logs stays as it is. Thread-safe.
 */
public final class JsonLog extends Handler implements AutoCloseable {

  private static final String OURS = "io.etlapi";

  /** Lines that are about a task, but not of its own thread, name it. */
  private static final Pattern TASK =
      Pattern.compile("(?:task:? |ID: |run )([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})");

  private final Logger logger = Logger.getLogger(OURS);
  private final boolean usedParents = logger.getUseParentHandlers();
  private final SimpleFormatter messages = new SimpleFormatter();
  private final OutputStream out;

  JsonLog(OutputStream out) {
    this.out = out;
  }

  /** Takes over our lines until it is closed. */
  public static JsonLog toStandardOutput() {
    // Not System.out: servers turn what is printed there into log lines of theirs.
    return listen(new FileOutputStream(FileDescriptor.out));
  }

  static JsonLog listen(OutputStream out) {
    JsonLog log = new JsonLog(out);
    log.logger.addHandler(log);
    log.logger.setUseParentHandlers(false);
    return log;
  }

  @Override
  public synchronized void publish(LogRecord event) {
    if (!isLoggable(event)) {
      return;
    }
    try {
      out.write((line(event) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      reportError("our log line is lost", e, java.util.logging.ErrorManager.WRITE_FAILURE);
    }
  }

  private String line(LogRecord event) {
    String message = messages.formatMessage(event);
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("time", event.getInstant().toString());
    members.put("level", level(event.getLevel()));
    members.put("logger", event.getLoggerName());
    members.put("message", message);
    TaskScope.current()
        .ifPresentOrElse(
            scope -> {
              members.put("task_id", scope.taskId());
              members.put("step", scope.step());
              scope.traceId().ifPresent(trace -> members.put("trace_id", trace));
            },
            () -> {
              Matcher task = TASK.matcher(message);
              if (task.find()) {
                members.put("task_id", task.group(1));
              }
            });
    members.put("thread", Thread.currentThread().getName());
    if (event.getThrown() != null) {
      StringWriter trace = new StringWriter();
      event.getThrown().printStackTrace(new PrintWriter(trace));
      members.put("stack_trace", trace.toString());
    }
    return Json.write(members);
  }

  /** The words that collectors of logs know. */
  private static String level(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return value >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  @Override
  public void flush() {
    // Nothing is buffered.
  }

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(usedParents);
  }
}
