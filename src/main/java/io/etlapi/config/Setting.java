package io.etlapi.config;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One setting as people may see it.
 *
 * @param value what was set, or the default; {@value #MASK} for a secret
 * @param source where it comes from, such as {@code environment}; {@code default} if it is not set
 * @param fallback the default; empty for none
 */
public record Setting(String key, String value, String source, String fallback) {

  /** Stands for a value that nobody may see. */
  public static final String MASK = "***";

  public static final String DEFAULT = "default";
  private static final String SET = "set";

  /** The name of a folder or file of secrets is none. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?!ETL_REQUIRE_)(?=.*(PASSWORD|TOKEN|SECRET|CREDENTIAL|KEY))(?!.*_(DIR|FILE|HOURS|LIMIT)$).*");

  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]*@");

  static Setting of(String key, Optional<String> value, String fallback) {
    return new Setting(
        key, masked(key, value.orElse(fallback)), value.isPresent() ? SET : DEFAULT, fallback);
  }

  /** The same with the name of the source that set it; a default stays one. */
  Setting from(String name) {
    return source.equals(DEFAULT) ? this : new Setting(key, value, name, fallback);
  }

  private static String masked(String key, String value) {
    if (value.isEmpty()) {
      return value;
    }
    return SECRET.matcher(key).matches() ? MASK : USER_INFO.matcher(value).replaceAll(MASK + "@");
  }
}
