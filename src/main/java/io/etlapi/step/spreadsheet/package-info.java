/**
 * Spreadsheet files: Excel workbooks read and written row by row, and CSV that a spreadsheet can
 * open without computing what it holds. The only room that knows the Excel library.
 */
@NullMarked
package io.etlapi.step.spreadsheet;

import org.jspecify.annotations.NullMarked;
