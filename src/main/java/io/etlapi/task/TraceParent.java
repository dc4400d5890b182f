package io.etlapi.task;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place in a distributed trace that a request came from: the header {@code traceparent} of W3C
 * Trace Context, version 00. A later version is read as far as this one goes, as the specification
 * asks for.
 *
 * @param traceId 32 hexadecimal digits, not all 0
 * @param parentId 16 hexadecimal digits, not all 0
 * @param flags 2 hexadecimal digits
 */
public record TraceParent(String traceId, String parentId, String flags) {

  private static final Pattern HEADER =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  private static final String THIS_VERSION = "00";
  private static final String FORBIDDEN_VERSION = "ff";

  /** Empty unless there is exactly one valid value: a faulty header is ignored, not refused. */
  public static Optional<TraceParent> parse(List<String> headers) {
    return headers.size() == 1 ? parse(headers.get(0).strip()) : Optional.empty();
  }

  private static Optional<TraceParent> parse(String header) {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()
        || matcher.group(1).equals(FORBIDDEN_VERSION)
        || (matcher.group(1).equals(THIS_VERSION) && matcher.group(5) != null)
        || isZero(matcher.group(2))
        || isZero(matcher.group(3))) {
      return Optional.empty();
    }
    return Optional.of(new TraceParent(matcher.group(2), matcher.group(3), matcher.group(4)));
  }

  private static boolean isZero(String digits) {
    return digits.chars().allMatch(digit -> digit == '0');
  }

  /** As a header of version 00. */
  @Override
  public String toString() {
    return THIS_VERSION + "-" + traceId + "-" + parentId + "-" + flags;
  }
}
