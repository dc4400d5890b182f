package io.etlapi.store;

import io.etlapi.task.TaskId;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A log file for each task: lines with a time, bounded in size. Meant for people, so it is not
 * fsynced, and a disk that takes no line never fails the task. Thread-safe.
 */
public final class TaskLogs {

  /** No log grows beyond this. */
  public static final int MAX_BYTES = 1024 * 1024;

  /** The steps' share; the rest is for the server's own last words, which matter most. */
  private static final int STEP_BYTES = MAX_BYTES - 128 * 1024;

  private static final int MAX_LINE_CHARS = 4096;

  /** Every character escaped, and the time. */
  private static final int LONGEST_LINE_BYTES = MAX_LINE_CHARS * 6 + 256;

  private static final int MIN_PAGE_BYTES = 64 * 1024;
  private static final String FULL_NOTICE =
      "[the log is full: further lines of the step are not kept]";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final System.Logger LOGGER = System.getLogger(TaskLogs.class.getName());

  private final StorageLayout layout;
  private final StripedLocks locks = new StripedLocks();

  /**
   * Keeps logs below a storage folder.
   *
   * @param layout its logs folder exists
   */
  public TaskLogs(StorageLayout layout) {
    this.layout = layout;
  }

  /**
   * A part of a log.
   *
   * @param text whole lines
   * @param nextOffset where the next part begins
   */
  public record Page(String text, long nextOffset) {}

  /** Adds a line of a step. When the steps' share is used up, a notice follows and no more. */
  public void append(TaskId id, Instant now, String line) {
    append(id, now, line, STEP_BYTES);
  }

  /** Adds a line of the server about the task, which finds room in a log that is full of others. */
  public void appendNotice(TaskId id, Instant now, String line) {
    append(id, now, line, MAX_BYTES - LONGEST_LINE_BYTES);
  }

  private void append(TaskId id, Instant now, String line, int fullAt) {
    File file = layout.log(id).toFile();
    locks.run(
        id,
        () -> {
          long size = file.length();
          if (size > fullAt) {
            return;
          }
          byte[] text = utf8(now, line);
          write(file, text);
          if (size <= STEP_BYTES && size + text.length > STEP_BYTES) {
            write(file, utf8(now, FULL_NOTICE));
          }
        });
  }

  private static byte[] utf8(Instant now, String line) {
    return (TIME.format(now) + " " + escaped(line) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void write(File file, byte[] text) {
    // A stream: an interrupt of a stopped task must not cost the line that says so.
    try (FileOutputStream out = new FileOutputStream(file, true)) {
      out.write(text);
    } catch (IOException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          () -> "a line of a task's log could not be written: " + DurableFiles.reason(e));
    }
  }

  /** The part of a log that begins at an offset; empty at its end or when there is no log. */
  public Page read(TaskId id, long offset, int maxBytes) {
    try (RandomAccessFile in = new RandomAccessFile(layout.log(id).toFile(), "r")) {
      long start = Math.max(0, Math.min(offset, in.length()));
      byte[] part =
          new byte[(int) Math.min(Math.max(maxBytes, MIN_PAGE_BYTES), in.length() - start)];
      in.seek(start);
      in.readFully(part);
      int end = part.length;
      while (end > 0 && part[end - 1] != '\n') {
        end--;
      }
      return new Page(new String(part, 0, end, StandardCharsets.UTF_8), start + end);
    } catch (IOException e) {
      if (Files.notExists(layout.log(id))) {
        return new Page("", 0);
      }
      throw unreadable(e);
    }
  }

  /** How long a log is in bytes; 0 when there is none. */
  public long size(TaskId id) {
    return layout.log(id).toFile().length();
  }

  /** The last lines of a log, oldest first; none when there is no log. */
  public List<String> tail(TaskId id, int lines) {
    try {
      List<String> all = Files.readAllLines(layout.log(id));
      return List.copyOf(all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Removes a log; nothing happens if there is none. */
  public void remove(TaskId id) {
    try {
      Files.deleteIfExists(layout.log(id));
    } catch (IOException e) {
      throw new StoreException(
          "A task's log could not be removed: " + DurableFiles.reason(e) + ".", e);
    }
  }

  private static StoreException unreadable(IOException e) {
    return new StoreException(
        "The log of the task could not be read: " + DurableFiles.reason(e) + ".", e);
  }

  /** One line, whatever a stranger put into it: nothing breaks it, hides in it or reorders it. */
  static String escaped(String line) {
    int end = Math.min(line.length(), MAX_LINE_CHARS);
    StringBuilder out = new StringBuilder(end + 16);
    for (int i = 0; i < end; i++) {
      char c = line.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isHidden(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    if (end < line.length()) {
      out.append(" [").append(line.length() - end).append(" more characters]");
    }
    return out.toString();
  }

  private static boolean isHidden(char c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
