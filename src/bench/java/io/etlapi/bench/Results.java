package io.etlapi.bench;

import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a run, printed as they come; as JSON and as a Markdown table after each section,
 * so that one that fails takes nothing along.
 */
final class Results {

  static final String HEAD =
      "| figure | measured | limit in the same run | ratio | aim | met |\n"
          + "|---|--:|--:|--:|---|---|";

  private final List<String> arguments;
  private final Path folder;
  private final Machine.Reading began = Machine.Reading.now();
  private final List<Figure> figures = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> lines = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  Results(List<String> arguments, Path folder) throws IOException {
    this.arguments = arguments;
    this.folder = Files.createDirectories(folder);
  }

  void add(Figure figure) {
    figures.add(figure);
    lines.add(figure.document());
    System.out.println(figure.line());
  }

  /** A section that could not be measured to its end. */
  void fault(String section, Exception e) {
    faults.add(section + ": " + e.toString().lines().findFirst().orElse(""));
  }

  List<String> faults() {
    return faults;
  }

  /** The Markdown table, with what it was measured on. */
  String table() throws IOException {
    StringBuilder text = new StringBuilder(HEAD).append('\n');
    figures.stream()
        .filter(figure -> !figure.detail())
        .forEach(figure -> text.append(figure.row()).append('\n'));
    faults.forEach(fault -> text.append("\nNot measured to its end: ").append(fault).append('\n'));
    return text.append('\n').append(conditions()).append('\n').toString();
  }

  private String conditions() throws IOException {
    Machine.Reading end = Machine.Reading.now();
    Map<String, @Nullable Object> machine = Machine.describe();
    return String.format(
        Locale.ROOT,
        "Measured %s in %.0f minutes with `mvn -Pbench%s`: %s cores (%s), %s memory, %s, %s, Java"
            + " %s, Payara Micro %s, DuckDB %s. Load average %.2f at the start, %.2f at the end"
            + " (the benchmark's own work counts there); other processes used %.2f cores"
            + " meanwhile.",
        String.valueOf(machine.get("measured_at")).substring(0, 10),
        end.secondsSince(began) / 60,
        arguments.isEmpty() ? "" : " -Dbench=\"" + String.join(" ", arguments) + "\"",
        machine.get("cores"),
        machine.get("processor"),
        machine.get("memory"),
        machine.get("system"),
        machine.get("file_system"),
        machine.get("java"),
        machine.get("payara_micro"),
        machine.get("duckdb"),
        began.load(),
        end.load(),
        end.foreignCoresSince(began));
  }

  /** Writes both files; the folder. */
  Path write() throws IOException {
    Map<String, @Nullable Object> document = new LinkedHashMap<>(Machine.describe());
    Machine.Reading end = Machine.Reading.now();
    document.put("load_1min_at_start", began.load());
    document.put("load_1min_at_end", end.load());
    document.put("seconds", end.secondsSince(began));
    document.put("cores_used_by_others", end.foreignCoresSince(began));
    document.put("arguments", arguments);
    document.put("faults", faults);
    document.put("results", lines);
    Files.writeString(folder.resolve("results.json"), Json.pretty(document));
    Files.writeString(folder.resolve("results.md"), table());
    return folder;
  }
}
