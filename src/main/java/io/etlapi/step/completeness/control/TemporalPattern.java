package io.etlapi.step.completeness.control;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A java.time pattern of a date or timestamp in the terms of the engine: an expression that a text
 * must match as a whole, and how it is rewritten before it is cast. Names of months are English.
 *
 * @param regex RE2 expression for the whole text
 * @param rewrite replacement that puts the parts in ISO order
 * @param strptime the engine's format of the rewritten text where it is not plain ISO-8601
 */
public record TemporalPattern(String regex, String rewrite, @Nullable String strptime) {

  private static final Map<String, String> PARTS =
      Map.ofEntries(
          Map.entry("yyyy", "(\\d{4})"),
          Map.entry("uuuu", "(\\d{4})"),
          Map.entry("yy", "(\\d{2})"),
          Map.entry("uu", "(\\d{2})"),
          Map.entry("MM", "(0[1-9]|1[0-2])"),
          Map.entry("M", "(0?[1-9]|1[0-2])"),
          Map.entry("MMM", "([A-Za-z]{3})"),
          Map.entry("MMMM", "([A-Za-z]{3,9})"),
          Map.entry("dd", "([0-2]\\d|3[01])"),
          Map.entry("d", "([0-2]?\\d|3[01])"),
          Map.entry("HH", "([01]\\d|2[0-3])"),
          Map.entry("H", "([01]?\\d|2[0-3])"),
          Map.entry("hh", "(0[1-9]|1[0-2])"),
          Map.entry("h", "(0?[1-9]|1[0-2])"),
          Map.entry("mm", "([0-5]\\d)"),
          Map.entry("ss", "([0-5]\\d)"),
          Map.entry("a", "([AaPp][Mm])"));

  private static final String ALLOWED =
      "yyyy, yy, MM, M, MMM, MMMM, dd, d, HH, H, hh, h, mm, ss, up to six S, a, and other"
          + " characters (letters in single quotes)";

  /** A date in ISO-8601. */
  public static final TemporalPattern ISO_DATE = ofDate("yyyy-MM-dd");

  /** A timestamp in ISO-8601 with a T or a space, seconds and fraction optional, Z at will. */
  public static final TemporalPattern ISO_TIMESTAMP =
      new TemporalPattern(
          "(\\d{4}-\\d{2}-\\d{2})[T"
              + " ]((?:[01]\\d|2[0-3]):[0-5]\\d)((?::[0-5]\\d(?:\\.\\d{1,6})?)?)Z?",
          "\\1 \\2\\3", null);

  /**
   * The pattern of a date.
   *
   * @throws IllegalArgumentException with a sentence for its author
   */
  public static TemporalPattern ofDate(String pattern) {
    return new Reader(pattern, false).read();
  }

  /**
   * The pattern of a timestamp; without a time of day it means midnight.
   *
   * @throws IllegalArgumentException with a sentence for its author
   */
  public static TemporalPattern ofTimestamp(String pattern) {
    return new Reader(pattern, true).read();
  }

  /** Reads one pattern; every part may occur once. */
  private static final class Reader {
    private final String pattern;
    private final boolean time;
    private final StringBuilder regex = new StringBuilder();
    private final Map<Character, Integer> groups = new HashMap<>();
    private boolean shortYear;
    private @Nullable String monthName;

    Reader(String pattern, boolean time) {
      this.pattern = pattern;
      this.time = time;
    }

    TemporalPattern read() {
      int at = 0;
      while (at < pattern.length()) {
        char character = pattern.charAt(at);
        if (character == '\'') {
          at = quotedText(at);
        } else if (Character.isLetter(character)) {
          int end = at;
          while (end < pattern.length() && pattern.charAt(end) == character) {
            end++;
          }
          part(pattern.substring(at, end));
          at = end;
        } else {
          literal(character);
          at++;
        }
      }
      requireComplete();
      return new TemporalPattern(regex.toString(), rewrite(), strptime());
    }

    private int quotedText(int start) {
      int end = pattern.indexOf('\'', start + 1);
      if (end < 0) {
        throw refused("a single quote is not closed");
      }
      if (end == start + 1) {
        literal('\'');
      }
      pattern.substring(start + 1, end).chars().forEach(c -> literal((char) c));
      return end + 1;
    }

    private void part(String letters) {
      String expression =
          letters.matches("S{1,6}") ? "(\\d{" + letters.length() + "})" : PARTS.get(letters);
      char letter = letters.charAt(0) == 'u' ? 'y' : letters.charAt(0);
      if (expression == null || (!time && "HhmsSa".indexOf(letter) >= 0)) {
        throw refused("'" + letters + "' has no place in it");
      }
      regex.append(expression);
      if (groups.put(letter, groups.size() + 1) != null) {
        throw refused("'" + letter + "' occurs twice");
      }
      shortYear |= letter == 'y' && letters.length() == 2;
      if (letter == 'M' && letters.length() > 2) {
        monthName = letters.length() == 3 ? "%b" : "%B";
      }
    }

    private void literal(char character) {
      if (Character.isLetterOrDigit(character) || character == ' ' || character > 126) {
        regex.append(character);
      } else {
        regex.append(String.format(Locale.ROOT, "\\x%02x", (int) character));
      }
    }

    private void requireComplete() {
      if (!groups.keySet().containsAll(java.util.Set.of('y', 'M', 'd'))) {
        throw refused("year, month and day are needed");
      }
      boolean half = groups.containsKey('h');
      if (half != groups.containsKey('a') || (half && groups.containsKey('H'))) {
        throw refused("h and a belong together, without H");
      }
      boolean hours = half || groups.containsKey('H');
      if ((groups.containsKey('m') && !hours)
          || (hours && !groups.containsKey('m'))
          || (groups.containsKey('s') && !groups.containsKey('m'))
          || (groups.containsKey('S') && !groups.containsKey('s'))) {
        throw refused("a time of day is hours and minutes, then seconds, then fractions");
      }
    }

    private String rewrite() {
      StringBuilder iso = new StringBuilder(shortYear ? "20" : "");
      iso.append(group('y')).append('-').append(group('M')).append('-').append(group('d'));
      if (groups.containsKey('m')) {
        iso.append(' ').append(group(groups.containsKey('h') ? 'h' : 'H'));
        iso.append(':').append(group('m')).append(':');
        iso.append(groups.containsKey('s') ? group('s') : "00");
        iso.append(groups.containsKey('S') ? "." + group('S') : "");
        iso.append(groups.containsKey('a') ? " " + group('a') : "");
      }
      return iso.toString();
    }

    private @Nullable String strptime() {
      if (monthName == null && !groups.containsKey('a')) {
        return null;
      }
      StringBuilder format = new StringBuilder("%Y-");
      format.append(monthName == null ? "%m" : monthName).append("-%d");
      if (groups.containsKey('m')) {
        format.append(groups.containsKey('a') ? " %I:%M:%S" : " %H:%M:%S");
        format.append(groups.containsKey('S') ? ".%f" : "");
        format.append(groups.containsKey('a') ? " %p" : "");
      }
      return format.toString();
    }

    private String group(char letter) {
      return "\\" + groups.get(letter);
    }

    private IllegalArgumentException refused(String reason) {
      return new IllegalArgumentException(
          "found '" + pattern + "': " + reason + "; allowed: " + ALLOWED);
    }
  }
}
