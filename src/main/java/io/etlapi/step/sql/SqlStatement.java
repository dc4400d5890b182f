package io.etlapi.step.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * One statement with a question mark in the place of each {@code $name}.
 *
 * @param sql what the engine prepares
 * @param parameters the names in the order of their places; a name used twice is there twice
 */
public record SqlStatement(String sql, List<String> parameters) {

  public SqlStatement {
    parameters = List.copyOf(parameters);
  }

  /**
   * Finds the parameters of a statement, outside of its texts, quoted names and comments.
   *
   * @throws IllegalArgumentException if it is more than one statement, holds a place of another
   *     kind, or a quote that does not end
   */
  public static SqlStatement parse(String text) {
    return new Scan(text).run();
  }

  /** One pass over the text. */
  private static final class Scan {
    private final String text;
    private final StringBuilder sql = new StringBuilder();
    private final List<String> names = new ArrayList<>();
    private int at;

    private Scan(String text) {
      this.text = text;
    }

    private SqlStatement run() {
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\'') {
          boolean escapes = at > 0 && (text.charAt(at - 1) == 'e' || text.charAt(at - 1) == 'E');
          copy(endOfQuoted('\'', escapes));
        } else if (c == '"') {
          copy(endOfQuoted('"', false));
        } else if (text.startsWith("--", at)) {
          int end = text.indexOf('\n', at);
          copy(end < 0 ? text.length() : end);
        } else if (text.startsWith("/*", at)) {
          copy(endOfComment());
        } else if (c == '$') {
          parameter();
        } else if (c == '?') {
          throw new IllegalArgumentException("A ? has no name: write $name for a parameter.");
        } else if (c == ';') {
          end();
        } else {
          copy(at + 1);
        }
      }
      if (sql.toString().isBlank()) {
        throw new IllegalArgumentException("The statement is empty.");
      }
      return new SqlStatement(sql.toString().strip(), names);
    }

    private void copy(int end) {
      sql.append(text, at, end);
      at = end;
    }

    private int endOfQuoted(char quote, boolean escapes) {
      int i = at + 1;
      while (i < text.length()) {
        char c = text.charAt(i);
        if (escapes && c == '\\') {
          i++;
        } else if (c == quote) {
          // A doubled quote ends one part and begins the next: the same to us.
          return i + 1;
        }
        i++;
      }
      throw new IllegalArgumentException("A quote that opens does not close.");
    }

    private int endOfComment() {
      int end = text.indexOf("*/", at + 2);
      if (end < 0) {
        throw new IllegalArgumentException("A comment that opens does not close.");
      }
      return end + 2;
    }

    private void parameter() {
      int end = at + 1;
      while (end < text.length()
          && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
        end++;
      }
      String name = text.substring(at + 1, end);
      if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
        throw new IllegalArgumentException(
            "A $ begins the name of a parameter, such as $run_date; texts stand in single quotes.");
      }
      sql.append('?');
      names.add(name);
      at = end;
    }

    private void end() {
      String rest = text.substring(at + 1).strip();
      if (!rest.isEmpty()) {
        throw new IllegalArgumentException(
            "It holds more than one statement: make each an item of the array.");
      }
      at = text.length();
    }
  }
}
