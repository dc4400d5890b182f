package io.etlapi.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client prefers (RFC 7240): {@code Prefer: wait=N} asks the server to answer as soon as the
 * task has ended, at the latest after N seconds. A preference that cannot be read is ignored, as
 * the RFC says.
 */
final class Preferences {

  static final String PREFER = "Prefer";
  static final String APPLIED = "Preference-Applied";
  static final int MAX_WAIT_SECONDS = 30;

  private static final Pattern WAIT = Pattern.compile("(?i)wait\\s*=\\s*\"?(\\d{1,9})\"?");

  private Preferences() {}

  /** How long to wait, at most {@value #MAX_WAIT_SECONDS} seconds; empty if nothing asks for it. */
  static Optional<Duration> waitTime(@Nullable List<String> headers) {
    if (headers == null) {
      return Optional.empty();
    }
    for (String header : headers) {
      for (String preference : header.split(",", -1)) {
        Matcher matcher = WAIT.matcher(preference.strip().split(";", 2)[0].strip());
        if (matcher.matches()) {
          int seconds = Math.min(MAX_WAIT_SECONDS, Integer.parseInt(matcher.group(1)));
          return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        }
      }
    }
    return Optional.empty();
  }

  /** The value of {@code Preference-Applied}. */
  static String applied(Duration wait) {
    return "wait=" + wait.toSeconds();
  }
}
