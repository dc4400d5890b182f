package io.etlapi.step.spreadsheet;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes CSV (RFC 4180, lines end with CR LF). Null is an empty field, an empty text a quoted one.
 *
 * <p>In safe mode no cell can run as a formula in a spreadsheet: a text that begins with {@code =},
 * {@code +}, {@code -}, {@code @}, a tab or a carriage return, also in their full-width forms, gets
 * an apostrophe in front, unless it is a plain number. The rule is OWASP's "CSV Injection"
 * (owasp.org/www-community/attacks/CSV_Injection); cells with separators or quotes are quoted, so
 * none can break out of its field.
 */
public final class SafeCsv {

  private static final String LINE_END = "\r\n";

  private static final String DANGEROUS = "=+-@\t\r\n＝＋－＠";

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");

  private final Writer out;
  private final char delimiter;
  private final boolean safe;
  private long defused;

  /**
   * A writer of records.
   *
   * @param out neither flushed nor closed here
   * @param safe whether formulas are defused
   */
  public SafeCsv(Writer out, char delimiter, boolean safe) {
    if (delimiter == '"' || delimiter == '\r' || delimiter == '\n') {
      throw new IllegalArgumentException("not a delimiter: " + (int) delimiter);
    }
    this.out = out;
    this.delimiter = delimiter;
    this.safe = safe;
  }

  /** Writes one record. */
  public void record(List<? extends @Nullable String> cells) throws IOException {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        out.write(delimiter);
      }
      cell(cells.get(i), cells.size() == 1);
    }
    out.write(LINE_END);
  }

  /** Cells that got an apostrophe. */
  public long defused() {
    return defused;
  }

  private void cell(@Nullable String text, boolean alone) throws IOException {
    if (text == null) {
      // A record of one empty field would be a blank line, which readers skip.
      out.write(alone ? "\"\"" : "");
      return;
    }
    String cell = text;
    if (safe && isFormula(text)) {
      cell = "'" + text;
      defused++;
    }
    if (needsQuotes(cell)) {
      out.write('"');
      out.write(cell.replace("\"", "\"\""));
      out.write('"');
    } else {
      out.write(cell);
    }
  }

  /** Whether a spreadsheet might take the text for a formula. */
  static boolean isFormula(String text) {
    return !text.isEmpty()
        && DANGEROUS.indexOf(text.charAt(0)) >= 0
        && !NUMBER.matcher(text).matches();
  }

  private boolean needsQuotes(String cell) {
    if (cell.isEmpty() || cell.charAt(0) == ' ' || cell.charAt(cell.length() - 1) == ' ') {
      return true;
    }
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if (c == delimiter || c == '"' || c == '\r' || c == '\n' || c == '\t') {
        return true;
      }
    }
    return false;
  }
}
