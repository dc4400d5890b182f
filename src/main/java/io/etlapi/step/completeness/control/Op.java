package io.etlapi.step.completeness.control;

import java.util.Locale;
import java.util.Optional;

/** One operation of a harmonise rule. */
public sealed interface Op {

  /** Most decimals that {@code round} may keep. */
  int MAX_ROUND = 18;

  /** Reads {@code trim}, {@code remove:TEXT}, {@code round:N} and so on; empty if it is none. */
  static Optional<Op> parse(String word) {
    if (word.startsWith("remove:") && word.length() > "remove:".length()) {
      return Optional.of(new Remove(word.substring("remove:".length())));
    }
    if (word.matches("round:\\d{1,2}")) {
      int digits = Integer.parseInt(word.substring("round:".length()));
      return digits <= MAX_ROUND ? Optional.of(new Round(digits)) : Optional.empty();
    }
    for (Plain plain : Plain.values()) {
      if (plain.word().equals(word)) {
        return Optional.of(plain);
      }
    }
    return Optional.empty();
  }

  /** As the document writes it. */
  String word();

  /**
   * The type of the result.
   *
   * @throws IllegalArgumentException with a sentence if it does not apply to values of {@code type}
   */
  ColumnType resultOf(ColumnType type);

  /** Operations without an argument. */
  enum Plain implements Op {
    TRIM,
    UPPER,
    LOWER,
    /** Keeps the last character, so that {@code 000} becomes {@code 0}. */
    STRIP_LEADING_ZEROS,
    /** Every run of white space becomes one space. */
    COLLAPSE_SPACES,
    NEGATE,
    ABS,
    /** The calendar date of a timestamp or of an ISO-8601 text. */
    DATE;

    @Override
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public ColumnType resultOf(ColumnType type) {
      return switch (this) {
        case TRIM, UPPER, LOWER, STRIP_LEADING_ZEROS, COLLAPSE_SPACES -> ColumnType.TEXT;
        case NEGATE, ABS -> requireNumber(this, type);
        case DATE -> {
          if (!type.isTemporal() && !type.equals(ColumnType.TEXT)) {
            throw new IllegalArgumentException(
                "'date' needs a date, a timestamp or a text, not " + type.word());
          }
          yield ColumnType.DATE;
        }
      };
    }
  }

  /** Removes every occurrence of a text. */
  record Remove(String text) implements Op {
    @Override
    public String word() {
      return "remove:" + text;
    }

    @Override
    public ColumnType resultOf(ColumnType type) {
      return ColumnType.TEXT;
    }
  }

  /**
   * Rounds half away from zero.
   *
   * @param digits decimals kept, 0..18
   */
  record Round(int digits) implements Op {
    @Override
    public String word() {
      return "round:" + digits;
    }

    @Override
    public ColumnType resultOf(ColumnType type) {
      requireNumber(this, type);
      if (type.kind() == ColumnType.Kind.DOUBLE) {
        return ColumnType.decimal(ColumnType.MAX_PRECISION, digits);
      }
      return type.scale() <= digits
          ? type
          : ColumnType.decimal(
              Math.min(ColumnType.MAX_PRECISION, type.precision() - type.scale() + digits + 1),
              digits);
    }
  }

  private static ColumnType requireNumber(Op op, ColumnType type) {
    if (!type.isNumeric()) {
      throw new IllegalArgumentException(
          "'"
              + op.word()
              + "' needs a number, not "
              + type.word()
              + "; give the column such a type");
    }
    return type;
  }
}
