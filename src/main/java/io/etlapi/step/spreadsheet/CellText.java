package io.etlapi.step.spreadsheet;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.jspecify.annotations.Nullable;

/**
 * The text of a cell: numbers in full (no exponent), with leading zeros where the format shows
 * them; dates and times in ISO form; booleans as true and false; formulas by the value that was
 * saved. Used by one thread for one workbook.
 */
final class CellText {

  private static final Set<String> ERRORS =
      Set.of(
          "#NULL!",
          "#DIV/0!",
          "#VALUE!",
          "#REF!",
          "#NAME?",
          "#NUM!",
          "#N/A",
          "#GETTING_DATA",
          "#SPILL!",
          "#CALC!",
          "#FIELD!",
          "#BLOCKED!",
          "#UNKNOWN!",
          "#CONNECT!");

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,400}");
  private static final Pattern ZEROS = Pattern.compile("0{2,40}");
  private static final long MILLIS_OF_DAY = 86_400_000L;

  /** Days beyond year 9999 are numbers, whatever their format says. */
  private static final BigDecimal MAX_SERIAL = BigDecimal.valueOf(2_958_466);

  private final boolean date1904;
  private final Map<String, Boolean> dateFormats = new HashMap<>();
  private long errors;

  CellText(boolean date1904) {
    this.date1904 = date1904;
  }

  /** Cells so far that hold an error such as #DIV/0!; they are null. */
  long errors() {
    return errors;
  }

  /** The text; null for an empty cell and for an error. */
  @Nullable String of(@Nullable Cell cell) {
    if (cell == null) {
      return null;
    }
    CellType type = cell.getType();
    if (type == CellType.ERROR) {
      errors++;
    }
    if (type == CellType.ERROR || type == CellType.EMPTY) {
      return null;
    }
    Object value = cell.getValue();
    if (value instanceof Boolean flag) {
      return flag.toString();
    }
    if (value instanceof BigDecimal number) {
      return number(cell, number);
    }
    String text = value == null ? cell.getRawValue() : value.toString();
    boolean failed = text != null && type == CellType.FORMULA && ERRORS.contains(text);
    if (failed) {
      errors++;
      return null;
    }
    return text;
  }

  private String number(Cell cell, BigDecimal number) {
    String format = cell.getDataFormatString();
    Integer id = cell.getDataFormatId();
    if (number.signum() >= 0
        && number.compareTo(MAX_SERIAL) < 0
        && (isBuiltInDate(id) || (format != null && isDate(format)))) {
      return date(number);
    }
    String plain = plain(String.valueOf(cell.getRawValue()).strip(), number);
    return format != null && ZEROS.matcher(format).matches() && INTEGER.matcher(plain).matches()
        ? padded(plain, format.length())
        : plain;
  }

  /** Excel stores binary numbers with 17 digits: 1.1000000000000001 is what it shows as 1.1. */
  private static String plain(String raw, BigDecimal number) {
    if (INTEGER.matcher(raw).matches()) {
      return raw.equals("-0") ? "0" : raw;
    }
    double binary = number.doubleValue();
    BigDecimal shortest =
        Double.isFinite(binary) ? new BigDecimal(Double.toString(binary)) : number;
    if (shortest.signum() == 0) {
      return "0";
    }
    BigDecimal stripped = shortest.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0).toPlainString() : stripped.toPlainString();
  }

  private static String padded(String digits, int width) {
    boolean negative = digits.startsWith("-");
    String bare = negative ? digits.substring(1) : digits;
    return (negative ? "-" : "") + "0".repeat(Math.max(0, width - bare.length())) + bare;
  }

  private String date(BigDecimal serial) {
    long days = serial.longValue();
    long millis =
        serial
            .remainder(BigDecimal.ONE)
            .multiply(BigDecimal.valueOf(MILLIS_OF_DAY))
            .setScale(0, RoundingMode.HALF_UP)
            .longValueExact();
    if (days == 0 && !date1904) {
      return time(LocalTime.ofNanoOfDay(Math.min(millis, MILLIS_OF_DAY - 1) * 1_000_000));
    }
    LocalDate day;
    if (date1904) {
      day = LocalDate.of(1904, 1, 1).plusDays(days);
    } else {
      // Excel counts a 29 February 1900 that never was (day 60).
      day = LocalDate.of(1899, 12, days < 60 ? 31 : 30).plusDays(days);
    }
    if (millis == 0) {
      return day.toString();
    }
    LocalDateTime moment = day.atStartOfDay().plusNanos(millis * 1_000_000);
    return moment.toLocalDate() + "T" + time(moment.toLocalTime());
  }

  private static String time(LocalTime time) {
    String text = time.toString();
    return text.length() == 5 ? text + ":00" : text;
  }

  /** The built-in formats of ECMA-376, part 1, 18.8.30, that show dates or times. */
  private static boolean isBuiltInDate(@Nullable Integer id) {
    return id != null
        && ((id >= 14 && id <= 22)
            || (id >= 27 && id <= 36)
            || (id >= 45 && id <= 47)
            || (id >= 50 && id <= 58));
  }

  /** Whether a format shows a date or time: letters of one outside quotes, escapes and brackets. */
  private boolean isDate(String format) {
    return dateFormats.computeIfAbsent(format, CellText::showsDate);
  }

  private static boolean showsDate(String format) {
    if (format.equalsIgnoreCase("general")) {
      return false;
    }
    boolean quoted = false;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '\\' || c == '_' || c == '*')) {
        i++;
      } else if (!quoted && c == '[') {
        int end = format.indexOf(']', i);
        String inside = end < 0 ? "" : format.substring(i + 1, end);
        if (inside.matches("(?i)h+|m+|s+")) {
          return true;
        }
        i = end < 0 ? format.length() : end;
      } else if (!quoted && c == ';') {
        return false;
      } else if (!quoted && "yYmMdDhHsS".indexOf(c) >= 0) {
        return true;
      }
    }
    return false;
  }
}
