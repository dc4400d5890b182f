package io.etlapi.task;

/**
 * One thing wrong with a request or a document.
 *
 * @param pointer JSON pointer (RFC 6901) to the value at fault; empty for the whole document
 * @param detail a sentence that names what was found and what is allowed
 */
public record Fault(String pointer, String detail) {

  /** Escapes one reference token of a JSON pointer (RFC 6901, section 3). */
  public static String token(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
