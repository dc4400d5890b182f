package io.etlapi.engine;

/** The one place that puts names and texts into SQL where no parameter can stand. */
public final class SqlIdentifier {

  private SqlIdentifier() {}

  /**
   * A name in double quotes.
   *
   * @throws IllegalArgumentException if the name is empty or holds NUL
   */
  public static String quote(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a column name may not be empty or hold NUL");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /**
   * A text in single quotes, for the few places that take no parameter (file names in table
   * functions, COPY targets).
   */
  public static String literal(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text may not hold NUL");
    }
    return "'" + text.replace("'", "''") + "'";
  }
}
