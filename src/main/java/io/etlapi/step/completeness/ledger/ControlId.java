package io.etlapi.step.completeness.ledger;

import io.etlapi.task.TaskException.Reason;
import java.util.regex.Pattern;

/**
 * Names a control; also the name of its folder, hence the narrow alphabet: letters, digits, {@code
 * _}, {@code -} and {@code .}, beginning with a letter or a digit, at most 64.
 */
public record ControlId(String value) implements Comparable<ControlId> {

  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  public ControlId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a control id: " + value);
    }
  }

  static boolean isValid(String text) {
    return text.length() <= 64 && SAFE.matcher(text).matches();
  }

  /**
   * The id that a stranger named.
   *
   * @throws LedgerException if no control can have that name
   */
  public static ControlId of(String text) {
    if (!isValid(text)) {
      throw new LedgerException(
          Reason.NOT_FOUND,
          "No control is named '"
              + (text.length() > 80 ? text.substring(0, 80) + "…" : text)
              + "': GET /controls lists those that have run.");
    }
    return new ControlId(text);
  }

  @Override
  public int compareTo(ControlId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
