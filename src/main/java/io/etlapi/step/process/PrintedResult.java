package io.etlapi.step.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells the result on standard output from what is printed beside it: the result begins at the last
 * line that begins with an opening brace. Lines before it are for the log, as they come.
 */
final class PrintedResult {

  private final Consumer<String> log;
  private final List<String> candidate = new ArrayList<>();

  PrintedResult(Consumer<String> log) {
    this.log = log;
  }

  void line(String line) {
    if (line.startsWith("{")) {
      candidate.forEach(log);
      candidate.clear();
      candidate.add(line);
    } else if (candidate.isEmpty()) {
      log.accept(line);
    } else {
      candidate.add(line);
    }
  }

  boolean isEmpty() {
    return candidate.isEmpty();
  }

  /** The result with all that follows it. */
  String text() {
    return String.join("\n", candidate);
  }

  /** The first line alone: a program may go on talking after a result on one line. */
  String firstLine() {
    return candidate.get(0);
  }

  /** Treats what follows the first line as lines for the log. */
  void logTheRest() {
    candidate.subList(1, candidate.size()).forEach(log);
  }
}
