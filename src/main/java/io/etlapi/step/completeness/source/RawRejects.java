package io.etlapi.step.completeness.source;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the malformed records of a side, or of a lookup, in a table of the session; a new one
 * begins with an empty table.
 */
public final class RawRejects implements AutoCloseable {

  /** The table: file, line, column, value, reason, raw; all text. */
  public static final String TABLE = "raw_rejects";

  /** More of a record says no more about what is wrong with it. */
  private static final int MAX_RAW = 4_000;

  private final TableAppender appender;
  private long count;

  public RawRejects(DuckDbSession session) {
    session.execute(
        "CREATE OR REPLACE TABLE "
            + TABLE
            + " (file VARCHAR, line VARCHAR, \"column\" VARCHAR, value VARCHAR, reason VARCHAR,"
            + " raw VARCHAR)");
    this.appender = session.appender(TABLE);
  }

  /** Adds one record. */
  public void add(SourceFile file, long line, String reason, @Nullable String raw) {
    count++;
    appender.row(
        file.name(),
        Long.toString(line),
        null,
        null,
        reason,
        raw == null || raw.length() <= MAX_RAW ? raw : raw.substring(0, MAX_RAW));
  }

  public long count() {
    return count;
  }

  @Override
  public void close() {
    appender.close();
  }
}
