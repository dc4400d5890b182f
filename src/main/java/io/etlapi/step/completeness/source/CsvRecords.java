package io.etlapi.step.completeness.source;

import java.io.IOException;

/** Takes the records of a CSV file in their order; the bytes are valid only during the call. */
interface CsvRecords {

  /**
   * A well-formed record.
   *
   * @param line physical line on which it begins, from 1
   * @param strayQuote whether an unquoted field holds a quote, which readers take differently
   */
  void accepted(byte[] bytes, int from, int to, long line, boolean strayQuote) throws IOException;

  /** A record that cannot be read; the bytes are the line on which it begins. */
  void rejected(byte[] bytes, int from, int to, long line, String reason) throws IOException;

  /** Something that a reader without this scanner would count or split differently. */
  void irregular() throws IOException;
}
