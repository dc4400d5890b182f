package io.etlapi.store;

/** A record that a later release wrote, in a way that this one would spoil. */
final class NewerFormatException extends UnreadableRecordException {

  private static final long serialVersionUID = 1L;

  NewerFormatException(String format) {
    super("it has format " + format + ", this release reads up to " + TaskJson.MAJOR + ".x");
  }
}
