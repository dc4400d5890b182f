package io.etlapi.step.process;

import java.util.Map;

/** What an exit code says of a signal; see signal(7). */
final class Signals {

  static final int XCPU = 24;
  static final int XFSZ = 25;

  /** A process that a signal ended is reported with this and the signal's number. */
  static final int BASE = 128;

  private static final int MAX_COMPLAINT = 300;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "HUP"),
          Map.entry(2, "INT"),
          Map.entry(3, "QUIT"),
          Map.entry(4, "ILL"),
          Map.entry(6, "ABRT"),
          Map.entry(7, "BUS"),
          Map.entry(8, "FPE"),
          Map.entry(9, "KILL"),
          Map.entry(11, "SEGV"),
          Map.entry(13, "PIPE"),
          Map.entry(14, "ALRM"),
          Map.entry(15, "TERM"));

  private Signals() {}

  static int exitOf(int signal) {
    return BASE + signal;
  }

  /** Such as {@code signal 9 (KILL)}. */
  static String name(int exit) {
    int signal = exit - BASE;
    return "signal " + signal + (NAMES.containsKey(signal) ? " (" + NAMES.get(signal) + ")" : "");
  }

  /** A program's last words, short enough for a sentence. */
  static String clipped(String words) {
    return words.length() <= MAX_COMPLAINT ? words : words.substring(0, MAX_COMPLAINT) + "…";
  }
}
