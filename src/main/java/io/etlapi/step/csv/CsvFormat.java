package io.etlapi.step.csv;

import io.etlapi.step.StepException;
import io.etlapi.step.StepParameters;

/**
 * How a CSV file is written. The quote is always {@code "} and escapes itself (RFC 4180).
 *
 * @param delimiter between fields
 * @param header whether the first record holds the column names
 * @param skipRows physical lines to pass over before the header, 0 or more
 */
public record CsvFormat(char delimiter, TextEncoding encoding, boolean header, int skipRows) {

  /** The defaults: commas, UTF-8, a header, nothing skipped. */
  public static final CsvFormat DEFAULT = new CsvFormat(',', TextEncoding.UTF_8, true, 0);

  /**
   * Reads {@code delimiter}, {@code encoding}, {@code header} and {@code skip_rows}.
   *
   * @throws StepException if the delimiter or the encoding cannot be used
   */
  public static CsvFormat of(StepParameters parameters) throws StepException {
    String encoding = parameters.text("encoding", "utf-8");
    return new CsvFormat(
        delimiter(parameters.text("delimiter", ",")),
        TextEncoding.of(encoding)
            .orElseThrow(
                () ->
                    new StepException(
                        "encoding: '"
                            + encoding
                            + "' is not known; allowed are "
                            + TextEncoding.ALLOWED
                            + ".")),
        parameters.flag("header", true),
        parameters.integer("skip_rows", 0));
  }

  /** One character; a tab may be spelled {@code \t}. */
  private static char delimiter(String text) throws StepException {
    String spelled = text.equals("\\t") || text.equalsIgnoreCase("tab") ? "\t" : text;
    if (spelled.length() != 1 || "\"\n\r\0\uFFFF".contains(spelled)) {
      throw new StepException(
          "delimiter: '"
              + text.replaceAll("\\p{Cntrl}", "?")
              + "' cannot be used; allowed is one character that is neither a quote nor a line"
              + " break, such as ',' ';' '|' or '\\t'.");
    }
    return spelled.charAt(0);
  }
}
