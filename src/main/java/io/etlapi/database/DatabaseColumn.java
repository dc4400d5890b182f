package io.etlapi.database;

import java.math.BigDecimal;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table in another database, and how its values become texts and come from texts:
 * numbers with all their digits, dates and times in ISO form, times with a zone in UTC.
 *
 * @param jdbcType one of {@link Types}
 * @param precision digits in all of a decimal; 0 where the database does not say
 * @param scale digits after the point of a decimal
 */
public record DatabaseColumn(String name, int jdbcType, String typeName, int precision, int scale) {

  /** To the microsecond, which is what the engine keeps. */
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  /** What the values of a column are. */
  public enum Kind {
    TEXT,
    INTEGER,
    DECIMAL,
    DOUBLE,
    BOOLEAN,
    DATE,
    TIMESTAMP,
    /** Bytes: no text can stand for them. */
    BINARY
  }

  static DatabaseColumn of(ResultSetMetaData columns, int index) throws SQLException {
    int type = columns.getColumnType(index);
    boolean wide = type == Types.BIGINT && !columns.isSigned(index);
    return new DatabaseColumn(
        columns.getColumnLabel(index),
        wide ? Types.DECIMAL : type,
        columns.getColumnTypeName(index),
        wide ? 20 : columns.getPrecision(index),
        wide ? 0 : columns.getScale(index));
  }

  /** What its values are. */
  public Kind kind() {
    return switch (jdbcType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Kind.INTEGER;
      case Types.DECIMAL, Types.NUMERIC -> Kind.DECIMAL;
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> Kind.DOUBLE;
      case Types.BIT, Types.BOOLEAN -> Kind.BOOLEAN;
      case Types.DATE -> Kind.DATE;
      case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> Kind.TIMESTAMP;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> Kind.BINARY;
      default -> Kind.TEXT;
    };
  }

  /** The value of the current row as text. */
  @Nullable String read(ResultSet row, int index) throws SQLException {
    switch (kind()) {
      case INTEGER, DECIMAL -> {
        BigDecimal number = row.getBigDecimal(index);
        return number == null ? null : number.toPlainString();
      }
      case DOUBLE -> {
        double number = row.getDouble(index);
        return row.wasNull() ? null : Double.toString(number);
      }
      case BOOLEAN -> {
        boolean flag = row.getBoolean(index);
        return row.wasNull() ? null : Boolean.toString(flag);
      }
      case DATE -> {
        LocalDate date = row.getObject(index, LocalDate.class);
        return date == null ? null : date.toString();
      }
      case TIMESTAMP -> {
        LocalDateTime time;
        if (jdbcType == Types.TIMESTAMP_WITH_TIMEZONE) {
          OffsetDateTime zoned = row.getObject(index, OffsetDateTime.class);
          time =
              zoned == null ? null : zoned.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
        } else {
          time = row.getObject(index, LocalDateTime.class);
        }
        return time == null ? null : TIMESTAMP.format(time);
      }
      default -> {
        return row.getString(index);
      }
    }
  }

  /**
   * Binds a text as a value of this column.
   *
   * @throws DatabaseException if it does not spell one
   */
  void bind(PreparedStatement statement, int index, @Nullable String text)
      throws SQLException, DatabaseException {
    if (text == null) {
      statement.setNull(index, jdbcType);
      return;
    }
    try {
      switch (kind()) {
        case INTEGER, DECIMAL -> statement.setBigDecimal(index, new BigDecimal(text.strip()));
        case DOUBLE -> statement.setDouble(index, Double.parseDouble(text.strip()));
        case BOOLEAN -> statement.setBoolean(index, flag(text.strip()));
        case DATE -> statement.setObject(index, LocalDate.parse(text.strip()));
        case TIMESTAMP -> bindTime(statement, index, text.strip());
        case BINARY ->
            throw new DatabaseException(
                "The column '"
                    + name
                    + "' holds bytes ("
                    + typeName
                    + "), which cannot be written.");
        default -> {
          if (jdbcType == Types.OTHER) {
            statement.setObject(index, text, JDBCType.OTHER);
          } else {
            statement.setString(index, text);
          }
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new DatabaseException(
          "'"
              + (text.length() > 80 ? text.substring(0, 80) + "…" : text)
              + "' is no value for the column '"
              + name
              + "' ("
              + typeName
              + ").",
          e);
    }
  }

  private void bindTime(PreparedStatement statement, int index, String text) throws SQLException {
    String iso = text.replace(' ', 'T');
    LocalDateTime time =
        iso.length() <= 10 ? LocalDate.parse(iso).atStartOfDay() : LocalDateTime.parse(iso);
    statement.setObject(
        index, jdbcType == Types.TIMESTAMP_WITH_TIMEZONE ? time.atOffset(ZoneOffset.UTC) : time);
  }

  private static boolean flag(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }
}
