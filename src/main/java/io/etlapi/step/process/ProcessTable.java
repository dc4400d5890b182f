package io.etlapi.step.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processes of this machine, as {@code /proc} shows them (see proc(5)). */
final class ProcessTable {

  private static final Path PROC = Path.of("/proc");

  /** Ticks of the times in {@code stat}: USER_HZ is 100 on every Linux that Java runs on. */
  private static final long TICKS_PER_SECOND = 100;

  /** The kernel counts resident memory in pages, of 4 KiB on x86-64 and on most ARM kernels. */
  private static final long PAGE_BYTES = 4096;

  private ProcessTable() {}

  /**
   * A process that has not ended.
   *
   * @param started ticks since the machine's start; with the pid it tells processes apart
   * @param cpuSeconds its own processor time and that of its children that have ended
   */
  record Entry(
      long pid,
      String name,
      long parent,
      long session,
      long started,
      long cpuSeconds,
      long residentBytes) {}

  /** All processes but those that have ended and only wait for their parent to notice. */
  static List<Entry> list() {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> pids = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path pid : pids) {
        read(pid.resolve("stat")).flatMap(ProcessTable::parse).ifPresent(entries::add);
      }
    } catch (IOException e) {
      throw new IllegalStateException("/proc cannot be read", e);
    }
    return entries;
  }

  /** The environment that a process was started with; empty if it may not be seen. */
  static String environment(long pid) {
    return read(PROC.resolve(pid + "/environ")).orElse("");
  }

  private static Optional<String> read(Path file) {
    // A process may end between the listing and this.
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The name stands in parentheses and may hold anything, parentheses too. */
  private static Optional<Entry> parse(String stat) {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) {
      return Optional.empty();
    }
    // Field 3 (state) is the first after the name.
    String[] fields = stat.substring(close + 2).strip().split(" ", -1);
    if (fields.length < 22 || fields[0].equals("Z") || fields[0].equals("X")) {
      return Optional.empty();
    }
    long ticks = 0;
    for (int field = 14; field <= 17; field++) {
      ticks += Long.parseLong(fields[field - 3]);
    }
    return Optional.of(
        new Entry(
            Long.parseLong(stat.substring(0, open).strip()),
            stat.substring(open + 1, close),
            Long.parseLong(fields[4 - 3]),
            Long.parseLong(fields[6 - 3]),
            Long.parseLong(fields[22 - 3]),
            ticks / TICKS_PER_SECOND,
            Long.parseLong(fields[24 - 3]) * PAGE_BYTES));
  }
}
