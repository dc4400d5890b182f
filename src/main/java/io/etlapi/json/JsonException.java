package io.etlapi.json;

/** A text that is not acceptable JSON; the message says where and why, for the sender. */
public class JsonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean tooLarge;

  public JsonException(String message) {
    this(message, false);
  }

  JsonException(String message, boolean tooLarge) {
    super(message);
    this.tooLarge = tooLarge;
  }

  /** Whether the text was refused for its size alone. */
  public boolean isTooLarge() {
    return tooLarge;
  }
}
