package io.etlapi.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/** What figures were measured on. */
final class Machine {

  private static final Path PROC = Path.of("/proc");

  /** Clock ticks a second in /proc, fixed by the kernel's interface to user space. */
  private static final double TICKS = 100;

  private Machine() {}

  /**
   * How busy the machine was until a moment.
   *
   * @param busy seconds of processor time that all processes have used, or that were not given
   * @param own seconds that this process and its children that have ended have used
   */
  record Reading(long nanos, double load, double busy, double own) {

    static Reading now() throws IOException {
      long pid = ProcessHandle.current().pid();
      return new Reading(System.nanoTime(), Machine.load(), busySeconds(), ticks(pid, 11, 4));
    }

    double secondsSince(Reading before) {
      return (nanos - before.nanos) / 1e9;
    }

    /** Mean number of processors that others kept busy. Servers still running count as others. */
    double foreignCoresSince(Reading before) {
      double foreign = busy - before.busy - (own - before.own);
      return Math.max(0, foreign / Math.max(1e-9, secondsSince(before)));
    }

    private static double busySeconds() throws IOException {
      String[] fields = Files.readAllLines(PROC.resolve("stat")).get(0).split(" +", -1);
      long busy = 0;
      // cpu, user, nice, system, idle, iowait, irq, softirq, steal
      for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
        busy += Long.parseLong(fields[i]);
      }
      return busy / TICKS;
    }
  }

  /** Seconds of processor time that a process has used. */
  static double cpuSeconds(long pid) throws IOException {
    return ticks(pid, 11, 2);
  }

  /** Sums so many of utime, stime, cutime and cstime. */
  private static double ticks(long pid, int first, int count) throws IOException {
    String stat = Files.readString(PROC.resolve(pid + "/stat"));
    // The name of the process, in parentheses, may hold blanks; utime is the field 14.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long sum = 0;
    for (int i = first; i < first + count; i++) {
      sum += Long.parseLong(fields[i]);
    }
    return sum / TICKS;
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Mean number of runnable threads over the last minute. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  static Map<String, @Nullable Object> describe() throws IOException {
    Map<String, @Nullable Object> machine = new LinkedHashMap<>();
    machine.put("measured_at", Instant.now().toString());
    machine.put("cores", (long) cores());
    machine.put("processor", value(PROC.resolve("cpuinfo"), "model name"));
    machine.put("memory", value(PROC.resolve("meminfo"), "MemTotal"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("file_system", Files.getFileStore(Path.of("").toAbsolutePath()).type());
    machine.put("java", System.getProperty("java.vm.version"));
    try (Connection engine = new DuckDBDriver().connect("jdbc:duckdb:", new Properties())) {
      machine.put("duckdb", engine.getMetaData().getDatabaseProductVersion());
    } catch (SQLException e) {
      throw new IOException("the engine does not say its version", e);
    }
    machine.put("payara_micro", BenchServer.version());
    return machine;
  }

  private static @Nullable String value(Path file, String name) throws IOException {
    if (!Files.isReadable(file)) {
      return null;
    }
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return null;
  }
}
