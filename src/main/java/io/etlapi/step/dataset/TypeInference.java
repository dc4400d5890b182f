package io.etlapi.step.dataset;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out what the columns of a text table mean, from all rows. A column is a number only if
 * every value survives the round trip: no leading zero, no plus sign, no exponent, no negative
 * zero, no digit beyond 38. A date is an ISO date that exists, a timestamp an ISO timestamp (local,
 * or in UTC with Z), a boolean is {@code true} or {@code false}. Anything else is text, and so is a
 * column without values. An empty text counts as no value here; the file keeps it.
 */
public final class TypeInference {

  /** Date, T or blank, minutes, and at most microseconds: an offset would be lost in the cast. */
  static final String TIMESTAMP_FORM =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]"
          + "(:[0-5][0-9](\\.[0-9]{1,6})?Z?)?";

  private static final String NUMBER_FORM =
      "0(\\.[0-9]+)?|-?[1-9][0-9]*(\\.[0-9]+)?|-0\\.[0-9]*[1-9][0-9]*";

  private static final String DATE_FORM = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

  /** Most columns are settled by their first rows; the full pass then asks less of each value. */
  private static final int FIRST_ROWS = 2_000;

  /** So many digits surely fit 64 bits. */
  private static final int INTEGER_DIGITS = 18;

  private static final int FIGURES = 6;

  private enum Candidate {
    NUMBER,
    DATE,
    TIMESTAMP,
    BOOLEAN
  }

  private TypeInference() {}

  /**
   * The meaning of each column.
   *
   * @param relation what to select from: a table, a table function or a query in parentheses
   * @param columns the columns of {@code relation}; those not stored as text mean what they are
   */
  public static List<DatasetColumn> infer(
      DuckDbSession session, String relation, List<Column> columns) {
    List<Set<Candidate>> candidates = new ArrayList<>();
    for (Column column : columns) {
      candidates.add(
          column.type().equals("VARCHAR")
              ? EnumSet.allOf(Candidate.class)
              : EnumSet.noneOf(Candidate.class));
    }
    measure(
        session, "(SELECT * FROM " + relation + " LIMIT " + FIRST_ROWS + ")", columns, candidates);
    List<LogicalType> types = measure(session, relation, columns, candidates);
    List<DatasetColumn> typed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      typed.add(new DatasetColumn(columns.get(i).name(), types.get(i), columns.get(i).type()));
    }
    return typed;
  }

  /** Strikes the candidates that a value contradicts, and says which type is left. */
  private static List<LogicalType> measure(
      DuckDbSession session,
      String relation,
      List<Column> columns,
      List<Set<Candidate>> candidates) {
    List<String> figures = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!candidates.get(i).isEmpty()) {
        figures.addAll(figures(columns.get(i).name(), candidates.get(i)));
      }
    }
    List<LogicalType> types = new ArrayList<>();
    if (figures.isEmpty()) {
      columns.forEach(column -> types.add(LogicalType.ofEngineType(column.type())));
      return types;
    }
    session.forEach(
        "SELECT " + String.join(", ", figures) + " FROM " + relation,
        row -> {
          int at = 1;
          for (int i = 0; i < columns.size(); i++) {
            if (candidates.get(i).isEmpty()) {
              types.add(LogicalType.ofEngineType(columns.get(i).type()));
            } else {
              types.add(settle(row, at, candidates.get(i)));
              at += FIGURES;
            }
          }
        });
    return types;
  }

  /** Four verdicts (null where nothing was there or nothing was asked) and the digits. */
  private static List<String> figures(String name, Set<Candidate> candidates) {
    String value = "nullif(" + quote(name) + ", '')";
    boolean number = candidates.contains(Candidate.NUMBER);
    return List.of(
        asked(number, "bool_and(regexp_full_match(" + value + ", '" + NUMBER_FORM + "'))"),
        asked(candidates.contains(Candidate.DATE), verdict(value, DATE_FORM, "DATE")),
        asked(
            candidates.contains(Candidate.TIMESTAMP), verdict(value, TIMESTAMP_FORM, "TIMESTAMP")),
        asked(
            candidates.contains(Candidate.BOOLEAN), "bool_and(" + value + " IN ('true', 'false'))"),
        asked(number, "max(length(split_part(ltrim(" + value + ", '-0'), '.', 1)))"),
        asked(number, "max(length(split_part(" + value + ", '.', 2)))"));
  }

  private static String verdict(String value, String form, String type) {
    return "bool_and(regexp_full_match(%1$s, '%2$s') AND TRY_CAST(%1$s AS %3$s) IS NOT NULL) FILTER (%1$s IS NOT NULL)"
        .formatted(value, form, type);
  }

  private static String asked(boolean asked, String figure) {
    return asked ? figure : "NULL";
  }

  private static LogicalType settle(Row row, int at, Set<Candidate> candidates) {
    boolean anyValue = false;
    int verdictAt = at;
    for (Candidate candidate : Candidate.values()) {
      Object verdict = row.value(verdictAt++);
      anyValue |= verdict != null;
      if (Boolean.FALSE.equals(verdict)) {
        candidates.remove(candidate);
      }
    }
    if (!anyValue || candidates.isEmpty()) {
      return LogicalType.TEXT;
    }
    if (candidates.contains(Candidate.NUMBER)) {
      long whole = row.integer(at + 4);
      long fraction = row.integer(at + 5);
      if (whole + fraction > LogicalType.MAX_DIGITS) {
        return LogicalType.TEXT;
      }
      return fraction == 0 && whole <= INTEGER_DIGITS
          ? LogicalType.INTEGER
          : LogicalType.decimal((int) Math.max(1, whole + fraction), (int) fraction);
    }
    return switch (candidates.iterator().next()) {
      case DATE -> LogicalType.DATE;
      case TIMESTAMP -> LogicalType.TIMESTAMP;
      case BOOLEAN -> LogicalType.BOOLEAN;
      case NUMBER -> throw new IllegalStateException("settled above");
    };
  }
}
