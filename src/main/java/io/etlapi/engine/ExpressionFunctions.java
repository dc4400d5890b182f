package io.etlapi.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions and operators that an expression may call: scalar, deterministic, touching nothing
 * but their arguments, and never making a text much longer than what they were given. Everything
 * else is refused, whatever the engine's release adds.
 */
final class ExpressionFunctions {

  /** Binary and prefix operators that the engine's parser presents as functions. */
  static final Map<String, String> OPERATORS =
      Map.ofEntries(
          Map.entry("+", "+"),
          Map.entry("-", "-"),
          Map.entry("*", "*"),
          Map.entry("/", "/"),
          Map.entry("//", "//"),
          Map.entry("%", "%"),
          Map.entry("||", "||"),
          Map.entry("~~", "LIKE"),
          Map.entry("!~~", "NOT LIKE"),
          Map.entry("~~*", "ILIKE"),
          Map.entry("!~~*", "NOT ILIKE"));

  private static final Set<String> ALLOWED = new HashSet<>();

  static {
    // Numbers
    allow("abs ceil ceiling floor round round_even trunc sign sqrt cbrt exp ln log log2 log10");
    allow("pow power mod fmod fdiv greatest least isnan isinf isfinite add subtract multiply");
    allow("divide even degrees radians pi gcd greatest_common_divisor lcm least_common_multiple");
    // Text
    allow("lower lcase upper ucase trim ltrim rtrim length len char_length character_length");
    allow("strlen left right substring substr reverse concat concat_ws contains starts_with");
    allow("ends_with prefix suffix position strpos instr split_part replace translate lpad rpad");
    allow("like_escape not_like_escape ilike_escape not_ilike_escape strip_accents ascii unicode");
    allow("ord chr nfc_normalize");
    allow("regexp_matches regexp_full_match regexp_replace regexp_extract");
    // Nulls and choice
    allow("coalesce ifnull nullif if");
    // Date and time
    allow("year month day hour minute second quarter week weekday dayofweek isodow dayofmonth");
    allow("dayofyear weekofyear yearweek isoyear decade century epoch date_part datepart");
    allow("date_trunc datetrunc date_diff datediff date_sub datesub last_day dayname monthname");
    allow("make_date make_timestamp strftime strptime try_strptime to_years to_months to_weeks");
    allow("to_days to_hours to_minutes to_seconds date_add");
  }

  /** How often a result of the function may hold what its replacement text holds. */
  private static final Map<String, Integer> REPLACEMENT_ARGUMENT =
      Map.of("replace", 2, "regexp_replace", 2);

  private static final Map<String, Integer> LENGTH_ARGUMENT = Map.of("lpad", 1, "rpad", 1);

  /** The longest text that padding may make. */
  static final int MAX_PADDED = 1_000;

  /** How many times as long as its input a replaced text may become, over all replacements. */
  static final int MAX_GROWTH = 1_000;

  private static final Map<String, Integer> PATTERN_ARGUMENT =
      Map.of("regexp_matches", 1, "regexp_full_match", 1, "regexp_replace", 1, "regexp_extract", 1);

  private ExpressionFunctions() {}

  private static void allow(String names) {
    ALLOWED.addAll(List.of(names.split(" ", -1)));
  }

  static boolean isAllowed(String name) {
    return ALLOWED.contains(name);
  }

  static Set<String> names() {
    return Set.copyOf(ALLOWED);
  }

  /**
   * Checks the arguments that decide how long a result can be.
   *
   * @param constants the arguments that are constants: position to value as text
   * @return how many times as long as its longest argument the result can be
   */
  static int growth(String name, int arguments, Map<Integer, String> constants)
      throws ExpressionException {
    Map<Integer, String> known = new HashMap<>(constants);
    Integer length = LENGTH_ARGUMENT.get(name);
    if (length != null && arguments > length) {
      String value = known.get(length);
      if (value == null || !value.matches("\\d{1,4}") || Integer.parseInt(value) > MAX_PADDED) {
        throw new ExpressionException(
            "The length of %s must be a constant from 0 to %d.".formatted(name, MAX_PADDED));
      }
    }
    Integer pattern = PATTERN_ARGUMENT.get(name);
    if (pattern != null && arguments > pattern && !known.containsKey(pattern)) {
      throw new ExpressionException("The pattern of %s must be a constant text.".formatted(name));
    }
    Integer replacement = REPLACEMENT_ARGUMENT.get(name);
    if (replacement != null && arguments > replacement) {
      String value = known.get(replacement);
      if (value == null) {
        throw new ExpressionException(
            "The replacement of %s must be a constant text.".formatted(name));
      }
      return value.length() + 1;
    }
    return 1;
  }
}
