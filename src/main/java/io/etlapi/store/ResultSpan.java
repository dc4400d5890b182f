package io.etlapi.store;

import java.util.Optional;

/**
 * Where in the text of a record the value of its {@code result} lies, so that a result is handed
 * out as it was written, digit for digit, and never bound as a whole. Finds the right place in any
 * valid JSON object; in anything else, what it finds is still to be parsed strictly.
 *
 * @param start index of the value's first character
 * @param end index after its last
 */
record ResultSpan(int start, int end) {

  private static final String NAME = "\"result\"";

  /** The span of the top-level member {@code result}; the last one if there are more. */
  static Optional<ResultSpan> find(String text) {
    Optional<ResultSpan> found = Optional.empty();
    int depth = 0;
    boolean nameExpected = false;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        int end = endOfString(text, at);
        if (depth == 1 && nameExpected && text.startsWith(NAME, at) && end == at + NAME.length()) {
          int value = skipSpace(text, skipSpace(text, end) + 1);
          at = endOfValue(text, value);
          found = Optional.of(new ResultSpan(value, at));
          nameExpected = false;
          continue;
        }
        nameExpected = false;
        at = end;
        continue;
      }
      if (c == '{' || c == '[') {
        depth++;
        nameExpected = c == '{';
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == ',') {
        // Between the items of an array too, but only the top level counts, which is an object.
        nameExpected = true;
      }
      at++;
    }
    return found;
  }

  private static int endOfValue(String text, int start) {
    int depth = 0;
    int at = start;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        at = endOfString(text, at);
        if (depth == 0) {
          return at;
        }
        continue;
      }
      if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        if (depth == 0) {
          return at;
        }
        if (--depth == 0) {
          return at + 1;
        }
      } else if (c == ',' && depth == 0) {
        return at;
      }
      at++;
    }
    return at;
  }

  private static int endOfString(String text, int quote) {
    int at = quote + 1;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at + 1, text.length());
  }

  private static int skipSpace(String text, int from) {
    int at = Math.min(from, text.length());
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
