package io.etlapi.http.live;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a client is. Opaque to clients, who send back the newest one that they got.
 *
 * @param boot the run of the server that counted
 * @param sequence of the newest event that the client has
 * @param logOffset how much of the log it has, in bytes; 0 where it follows none
 */
record EventId(String boot, long sequence, long logOffset) {

  private static final Pattern TEXT =
      Pattern.compile("([0-9a-z]{1,32})-([0-9]{1,18})(?:-([0-9]{1,18}))?");

  /** The id that a text spells; empty if it is none of ours. */
  static Optional<EventId> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String offset = matcher.group(3);
    return Optional.of(
        new EventId(
            matcher.group(1),
            Long.parseLong(matcher.group(2)),
            offset == null ? 0 : Long.parseLong(offset)));
  }

  @Override
  public String toString() {
    return boot + "-" + sequence + (logOffset == 0 ? "" : "-" + logOffset);
  }
}
