package io.etlapi.security;

/** What came of the credentials that a request carried. */
public sealed interface Authentication {

  /** They are good. */
  record Known(Caller caller) implements Authentication {}

  /** There were none. */
  record Missing() implements Authentication {}

  /**
   * They are not good.
   *
   * @param detail a sentence that says why and what to do
   */
  record Refused(String detail) implements Authentication {}

  /** They are not good, as the ones before were not. */
  record TooMany(int retryAfterSeconds) implements Authentication {}
}
