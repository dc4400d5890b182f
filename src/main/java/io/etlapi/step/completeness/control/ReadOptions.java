package io.etlapi.step.completeness.control;

import org.jspecify.annotations.Nullable;

/**
 * How the records of a file are found; what a format does not need is ignored.
 *
 * @param delimiter one character between the fields of a CSV record
 * @param quote one character around a CSV field that holds a delimiter, a quote or a line end
 * @param encoding of a CSV file: {@code utf-8}, {@code utf-16}, {@code utf-16le}, {@code utf-16be},
 *     {@code latin-1} or {@code windows-1252}
 * @param header whether the first record names the columns (CSV, XLSX)
 * @param skipRows physical lines before the header or the first record (CSV, XLSX)
 * @param sheet name of the XLSX sheet; null for the first
 */
public record ReadOptions(
    String delimiter,
    String quote,
    String encoding,
    boolean header,
    int skipRows,
    @Nullable String sheet) {

  /** What holds where the document says nothing. */
  public static final ReadOptions DEFAULT = new ReadOptions(",", "\"", "utf-8", true, 0, null);
}
