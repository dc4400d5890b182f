package io.etlapi.task;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifies a task; its text is also the stem of the task's file name, hence the narrow alphabet:
 * 36 characters of lower-case hexadecimal digits and hyphens. Ids made by this server are
 * time-ordered (UUID version 7), so ids compare in order of creation; any UUID is accepted.
 */
public record TaskId(UUID uuid) implements Comparable<TaskId> {

  private static final Pattern CANONICAL =
      Pattern.compile("[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}");

  /**
   * The id that a text spells.
   *
   * @throws IllegalArgumentException if {@code text} is not an id in canonical lower-case form
   */
  public static TaskId of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException("not a task id: " + text));
  }

  /** The id that {@code text} spells, or empty if it spells none. Never throws. */
  public static Optional<TaskId> parse(String text) {
    return text.length() == 36 && CANONICAL.matcher(text).matches()
        ? Optional.of(new TaskId(UUID.fromString(text)))
        : Optional.empty();
  }

  /** Unsigned order of the 128 bits, which is the order of the texts. */
  @Override
  public int compareTo(TaskId other) {
    int high =
        Long.compareUnsigned(uuid.getMostSignificantBits(), other.uuid.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            uuid.getLeastSignificantBits(), other.uuid.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
