package io.etlapi.http;

import io.etlapi.execution.CleanupSchedule;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the body of {@code POST /cleanup/schedule} into a schedule. */
final class ScheduleReader {

  private ScheduleReader() {}

  /** Reads a schedule; what the body leaves out is 23:00 UTC. */
  static CleanupSchedule read(Map<String, @Nullable Object> body) {
    ObjectReader reader = new ObjectReader(body);
    int hour = reader.integer("hour", 0, 23).orElse(CleanupSchedule.DEFAULT.hour());
    int minute = reader.integer("minute", 0, 59).orElse(CleanupSchedule.DEFAULT.minute());
    ZoneId zone =
        reader
            .text("timezone")
            .flatMap(name -> zone(name, reader))
            .orElse(CleanupSchedule.DEFAULT.zone());
    reader.throwIfFaulty();
    return new CleanupSchedule(hour, minute, zone);
  }

  private static Optional<ZoneId> zone(String name, ObjectReader reader) {
    try {
      return Optional.of(ZoneId.of(name.strip()));
    } catch (DateTimeException e) {
      reader.fault(
          "/timezone",
          "timezone is '"
              + ObjectReader.clip(name)
              + "': it must be a name of the time zone database, such as UTC or Europe/London.");
      return Optional.empty();
    }
  }
}
