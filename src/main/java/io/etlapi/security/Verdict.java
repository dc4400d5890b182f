package io.etlapi.security;

import java.util.Optional;

/** What the guard decides about a request. */
public sealed interface Verdict {

  /**
   * The request goes on.
   *
   * @param corsOrigin the foreign origin that may read the answer
   */
  record Pass(Optional<String> corsOrigin) implements Verdict {}

  /**
   * The question of a browser whether a page of an allowed origin may send a request.
   *
   * @param corsOrigin the origin
   */
  record Preflight(String corsOrigin) implements Verdict {}

  /**
   * The request is refused.
   *
   * @param status 400, 403, 414 or 431
   * @param detail a sentence that says why and what to do
   */
  record Refused(int status, String detail) implements Verdict {}
}
