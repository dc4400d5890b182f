package io.etlapi.faults;

import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The results file: what was run so far, part by part. A part that was found in order is not run
 * again with the same seed; one that found something, or was skipped, is.
 */
final class Results {

  private final Path file;
  private final long seed;
  private final Map<String, Map<String, @Nullable Object>> parts = new TreeMap<>();

  /** Reads what an earlier run has left, if it had the same seed. */
  Results(Path file, long seed) throws IOException {
    this.file = file;
    this.seed = seed;
    if (Files.exists(file)) {
      Map<String, @Nullable Object> saved =
          Json.parseObject(Files.readString(file, StandardCharsets.UTF_8));
      if (Long.valueOf(seed).equals(saved.get("seed"))
          && saved.get("parts") instanceof Map<?, ?> m) {
        m.forEach((key, value) -> parts.put(String.valueOf(key), object(value)));
      }
    }
  }

  private static String key(Section section, int part) {
    return String.format("%s %03d", section.name(), part);
  }

  boolean isDone(Section section, int part) {
    Map<String, @Nullable Object> found = parts.get(key(section, part));
    return found != null && "in order".equals(found.get("outcome"));
  }

  void record(Section section, int part, Tally tally, Duration took) throws IOException {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("outcome", tally.breaches() == 0 ? "in order" : "broken");
    result.put("counts", tally.counts());
    Map<String, @Nullable Object> breaches = new TreeMap<>();
    tally.byBreach().forEach((breach, times) -> breaches.put(breach.name(), times));
    result.put("breaches", breaches);
    result.put("messages", tally.messages());
    put(section, part, result, took);
  }

  void skipped(Section section, int part, String why) throws IOException {
    put(
        section,
        part,
        new LinkedHashMap<>(Map.of("outcome", "skipped", "why", why)),
        Duration.ZERO);
  }

  private void put(Section section, int part, Map<String, @Nullable Object> result, Duration took)
      throws IOException {
    result.put("seconds", took.toSeconds());
    result.put("at", Instant.now().toString());
    parts.put(key(section, part), result);
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("seed", seed);
    all.put("parts", parts);
    Files.createDirectories(file.getParent());
    Path aside = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(aside, Json.write(all) + "\n");
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A section's parts added up. */
  record Sum(
      Map<String, Long> counts, Map<String, Long> breaches, long seconds, int parts, int skipped) {

    long count(String what) {
      return counts.getOrDefault(what, 0L);
    }

    long broken(String breach) {
      return breaches.getOrDefault(breach, 0L);
    }
  }

  Sum sum(Section section) {
    Map<String, Long> counts = new TreeMap<>();
    Map<String, Long> breaches = new TreeMap<>();
    long seconds = 0;
    int run = 0;
    int skipped = 0;
    for (Map.Entry<String, Map<String, @Nullable Object>> part : parts.entrySet()) {
      if (!part.getKey().startsWith(section.name() + " ")) {
        continue;
      }
      Map<String, @Nullable Object> result = part.getValue();
      if ("skipped".equals(result.get("outcome"))) {
        skipped++;
        continue;
      }
      run++;
      object(result.get("counts"))
          .forEach(
              (name, value) ->
                  counts.merge(
                      name, number(value), name.startsWith("max") ? Math::max : Long::sum));
      object(result.get("breaches"))
          .forEach((name, value) -> breaches.merge(name, number(value), Long::sum));
      seconds += number(result.get("seconds"));
    }
    return new Sum(counts, breaches, seconds, run, skipped);
  }

  /** Why parts of a section were skipped. */
  Optional<String> whySkipped(Section section) {
    List<String> reasons = new ArrayList<>();
    parts.forEach(
        (key, result) -> {
          if (key.startsWith(section.name() + " ") && result.get("why") instanceof String why) {
            reasons.add(why);
          }
        });
    return reasons.stream().findFirst();
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
  }
}
