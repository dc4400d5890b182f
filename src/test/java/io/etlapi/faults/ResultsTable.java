package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The results as a table in Markdown. */
final class ResultsTable {

  private ResultsTable() {}

  /** All sections that were run or skipped. */
  static String of(List<Section> sections, Results results, Scale scale, long seed) {
    StringBuilder text = new StringBuilder();
    text.append("Fault suite, ").append(scale.name().toLowerCase(Locale.ROOT));
    text.append(", seed ").append(seed).append("\n\n");
    text.append("| what | tried | lost | torn | twice | otherwise wrong | 95% bound | seconds |\n");
    text.append("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    for (Section section : sections) {
      Results.Sum sum = results.sum(section);
      if (sum.parts() > 0) {
        text.append(row(section, sum, scale)).append('\n');
      }
      results
          .whySkipped(section)
          .ifPresent(
              why ->
                  text.append("| ")
                      .append(section.title())
                      .append(" | SKIPPED: ")
                      .append(why)
                      .append(" | | | | | | |\n"));
    }
    return text.toString();
  }

  private static String row(Section section, Results.Sum sum, Scale scale) {
    long lost = sum.broken(Breach.LOST.name());
    long torn = sum.broken(Breach.TORN.name());
    long twice = sum.broken(Breach.TWICE.name());
    long all = sum.breaches().values().stream().mapToLong(Long::longValue).sum();
    long tried = sum.count(section.unit());
    List<String> more = new ArrayList<>();
    for (Map.Entry<String, Long> count : sum.counts().entrySet()) {
      if (!count.getKey().equals(section.unit())) {
        more.add(count.getKey() + " " + count.getValue());
      }
    }
    String parts =
        sum.parts() < section.parts(scale)
            ? " (" + sum.parts() + " of " + section.parts(scale) + " parts)"
            : "";
    return "| "
        + section.title()
        + " | "
        + tried
        + " "
        + section.unit()
        + parts
        + (more.isEmpty() ? "" : "; " + more.stream().collect(Collectors.joining(", ")))
        + " | "
        + lost
        + " | "
        + torn
        + " | "
        + twice
        + " | "
        + (all - lost - torn - twice)
        + " | "
        + bound(all, tried)
        + " | "
        + sum.seconds()
        + " |";
  }

  /**
   * With zero of n, the true share is below 3/n with 95% confidence ("rule of three": Hanley and
   * Lippman-Hand, JAMA 1983).
   */
  private static String bound(long broken, long tried) {
    return broken > 0 || tried == 0
        ? "-"
        : String.format(Locale.ROOT, "< %.2g%%", 100 * Math.min(1, 3.0 / tried));
  }
}
