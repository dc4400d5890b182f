package io.etlapi.bench;

import io.etlapi.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Fills a storage with finished tasks of long ago while its server is down. */
final class StoredTasks {

  private static final String LONG_AGO = "2024-01-15T08:00:00Z";
  private static final long ALIVE_MILLIS = 1_000_000_000_000L;

  private StoredTasks() {}

  /**
   * Writes records until there are so many of them.
   *
   * @param model id of a finished task in the storage, which they are copies of
   */
  static void fill(Path storage, String model, int from, int to) throws IOException {
    Map<String, Object> record =
        new LinkedHashMap<>(Json.parseObject(Files.readString(storage.resolve(model + ".json"))));
    record.put("created_at", Instant.parse(LONG_AGO));
    record.put("started_at", Instant.parse(LONG_AGO));
    record.put("completed_at", Instant.parse(LONG_AGO));
    record.put("completed_tick", 1L);
    String text = Json.write(record);
    for (int i = from; i < to; i++) {
      String id =
          UUID.nameUUIDFromBytes(Integer.toString(i).getBytes(StandardCharsets.UTF_8)).toString();
      Files.writeString(storage.resolve(id + ".json"), text.replace(model, id));
    }
  }

  /** Makes all of them older than any time to live, also by the storage's own clock. */
  static void expire(Path storage) throws IOException {
    Path clock = storage.resolve("clock.json");
    Map<String, Object> reading =
        new LinkedHashMap<>(Json.parseObject(Files.readString(clock)));
    reading.put("alive_millis", ALIVE_MILLIS);
    Files.writeString(clock, Json.write(reading) + "\n");
  }
}
