package io.etlapi.execution;

/** Makes text from requests safe for a log of one line per event. */
final class LogText {

  private static final int MAX_LENGTH = 500;

  private LogText() {}

  /** Escapes line breaks and control characters and cuts what is too long. */
  static String oneLine(String text) {
    StringBuilder safe = new StringBuilder();
    int length = Math.min(text.length(), MAX_LENGTH);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return text.length() > MAX_LENGTH ? safe.append("…").toString() : safe.toString();
  }
}
