package io.etlapi.engine;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The current row of a query; columns count from 1. Valid only while its reader runs. */
public final class Row {

  private final ResultSet results;

  Row(ResultSet results) {
    this.results = results;
  }

  public @Nullable String text(int column) {
    try {
      return results.getString(column);
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  /** The number, 0 for null. */
  public long integer(int column) {
    try {
      return results.getLong(column);
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  public @Nullable BigDecimal decimal(int column) {
    try {
      return results.getBigDecimal(column);
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  public boolean flag(int column) {
    try {
      return results.getBoolean(column);
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }

  /** The value as the engine's JDBC driver gives it. */
  public @Nullable Object value(int column) {
    try {
      return results.getObject(column);
    } catch (SQLException e) {
      throw new EngineException(e);
    }
  }
}
