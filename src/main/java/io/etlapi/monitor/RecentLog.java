package io.etlapi.monitor;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;

/**
 * Keeps the last lines of ours beside the server's own log, which lies elsewhere on every server.
 * Bounded in lines and in their length. Thread-safe.
 */
public final class RecentLog extends Handler {

  private static final String OURS = "io.etlapi";
  private static final int MAX_LINES = 500;
  private static final int MAX_LINE = 4000;

  /** Held, as the logging system lets go of a logger that nobody holds, with its handlers. */
  private final Logger logger = Logger.getLogger(OURS);

  private final Deque<String> lines = new ArrayDeque<>();
  private final SimpleFormatter messages = new SimpleFormatter();

  /** Addresses with a password in them are settings of some; nobody else shall read it. */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]*@");

  private RecentLog() {}

  /** Listens until it is closed. */
  public static RecentLog listen() {
    RecentLog log = new RecentLog();
    log.logger.addHandler(log);
    return log;
  }

  @Override
  public void publish(LogRecord event) {
    if (!isLoggable(event)) {
      return;
    }
    String line =
        event.getInstant()
            + " "
            + event.getLevel().getName()
            + " "
            + event.getLoggerName()
            + " "
            + messages.formatMessage(event)
            + thrown(event);
    String bounded = line.length() <= MAX_LINE ? line : line.substring(0, MAX_LINE) + "…";
    String kept = USER_INFO.matcher(bounded).replaceAll("***@");
    synchronized (lines) {
      if (lines.size() == MAX_LINES) {
        lines.removeFirst();
      }
      lines.addLast(kept);
    }
  }

  private static String thrown(LogRecord event) {
    if (event.getThrown() == null) {
      return "";
    }
    StringWriter trace = new StringWriter();
    event.getThrown().printStackTrace(new PrintWriter(trace));
    return System.lineSeparator() + trace.toString().stripTrailing();
  }

  /** Oldest first. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void flush() {
    // Nothing is buffered.
  }

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
