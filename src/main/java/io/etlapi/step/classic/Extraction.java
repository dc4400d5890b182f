package io.etlapi.step.classic;

import static io.etlapi.engine.SqlIdentifier.literal;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;
import io.etlapi.step.classic.SourceRows.SourceColumn;
import io.etlapi.step.dataset.LogicalType;
import io.etlapi.step.dataset.TypeInference;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which rows are extracted: all, or those above a mark in one column. The highest value found is
 * the mark to send the next time.
 *
 * @param column empty text where all rows are extracted
 */
record Extraction(String column, Optional<String> since) {

  static Extraction of(StepParameters parameters) throws StepException {
    if (!parameters.text("extraction_method", "full").equals("incremental")) {
      return new Extraction("", Optional.empty());
    }
    String column =
        parameters
            .text("incremental_column")
            .filter(name -> !name.isBlank())
            .orElseThrow(
                () ->
                    new StepException(
                        "An incremental extraction needs incremental_column: a column that grows,"
                            + " such as updated_at."));
    return new Extraction(
        column,
        Optional.ofNullable(parameters.asMap().get("since"))
            .map(value -> value instanceof BigDecimal exact ? exact.toPlainString() : value)
            .map(String::valueOf)
            .filter(text -> !text.isBlank()));
  }

  boolean isIncremental() {
    return !column.isEmpty();
  }

  /** What the column means: known, asked for, or found out from all rows. */
  LogicalType type(
      DuckDbSession session, SourceRows rows, SourceColumn by, Map<String, LogicalType> asked) {
    LogicalType wanted = asked.get(by.name());
    if (wanted != null) {
      return wanted;
    }
    return by.type()
        .orElseGet(
            () ->
                TypeInference.infer(
                        session, rows.relation(), List.of(new Column(by.name(), "VARCHAR")))
                    .get(0)
                    .type());
  }

  /** The value to compare, as SQL of that type. */
  static String typed(SourceColumn by, LogicalType type) {
    return by.type().isPresent() ? by.typed() : type.cast(by.stored());
  }

  /**
   * The condition for the rows of a file.
   *
   * @throws StepException if the mark is no value of the column's type
   */
  String condition(DuckDbSession session, SourceColumn by, LogicalType type) throws StepException {
    if (since.isEmpty()) {
      return "true";
    }
    String mark = literal(since.get().strip());
    if (type.isNumber()) {
      try {
        mark = new BigDecimal(since.get().strip()).toPlainString();
      } catch (NumberFormatException e) {
        throw noValue(type);
      }
    } else {
      if (session.number("SELECT CAST(" + type.accepts(mark) + " AS INTEGER)") == 0) {
        throw noValue(type);
      }
      mark = type.cast(mark);
    }
    return typed(by, type) + " > " + mark;
  }

  private StepException noValue(LogicalType type) {
    return new StepException(
        "since: '%s' is not a %s, as the column '%s' is."
            .formatted(since.orElse(""), type, column));
  }
}
