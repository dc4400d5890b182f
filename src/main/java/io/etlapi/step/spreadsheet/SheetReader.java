package io.etlapi.step.spreadsheet;

import io.etlapi.step.NearestName;
import io.etlapi.step.StepException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.jspecify.annotations.Nullable;

/** Reads the sheets of an Excel workbook as texts, row by row. */
public final class SheetReader implements AutoCloseable {

  private final ReadableWorkbook workbook;
  private final String sent;
  private final List<Sheet> sheets;
  private final CellText texts;

  /** Takes the rows of a sheet. */
  public interface RowReader {

    /**
     * One row.
     *
     * @param number as the spreadsheet shows it, from 1
     * @param cells from the first column; may be shorter than other rows
     */
    void row(int number, List<@Nullable String> cells) throws StepException, InterruptedException;
  }

  private SheetReader(ReadableWorkbook workbook, String sent) {
    this.workbook = workbook;
    this.sent = sent;
    this.sheets = workbook.getSheets().toList();
    this.texts = new CellText(workbook.isDate1904());
  }

  /**
   * Opens a workbook after it was checked.
   *
   * @param sent as the request named it, for messages
   * @throws StepException if it is no workbook, or cannot be read in bounded memory
   */
  public static SheetReader open(Path file, String sent)
      throws StepException, InterruptedException {
    boolean formats = WorkbookGuard.check(file, sent);
    try {
      return new SheetReader(
          new ReadableWorkbook(file.toFile(), new ReadingOptions(formats, true)), sent);
    } catch (IOException | RuntimeException e) {
      throw damaged(sent, e);
    }
  }

  private static StepException damaged(String sent, Exception e) {
    return new StepException(
        "The workbook '"
            + sent
            + "' is damaged: it cannot be read. Open it in a spreadsheet"
            + " program and save it again.",
        e);
  }

  /** The names of the sheets, in order. */
  public List<String> names() {
    return sheets.stream().map(Sheet::getName).toList();
  }

  /**
   * The index of the sheet that a request means: by name, else by index from 0, else the first.
   *
   * @throws StepException if there is none, listing those there are
   */
  public int find(Optional<Object> sheet) throws StepException {
    if (sheets.isEmpty()) {
      throw new StepException("The workbook '" + sent + "' has no sheet.");
    }
    if (sheet.isEmpty()) {
      return 0;
    }
    Object asked = sheet.get();
    List<String> names = names();
    if (asked instanceof Number index) {
      long position = index.longValue();
      if (position >= 0 && position < names.size()) {
        return (int) position;
      }
      throw unknown("no sheet at index " + position, Optional.empty());
    }
    String name = asked.toString();
    int exact = names.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    if (name.strip().matches("[0-9]{1,4}")) {
      return find(Optional.of(Long.valueOf(name.strip())));
    }
    throw unknown("no sheet '" + name + "'", NearestName.of(name, names));
  }

  private StepException unknown(String what, Optional<String> near) {
    List<String> listed = new ArrayList<>();
    for (int i = 0; i < Math.min(50, sheets.size()); i++) {
      listed.add(i + " '" + sheets.get(i).getName() + "'");
    }
    return new StepException(
        "The workbook '%s' has %s%s Its sheets, by index and name: %s."
            .formatted(
                sent,
                what,
                near.map(name -> "; did you mean '" + name + "'?").orElse("."),
                String.join(", ", listed)));
  }

  /** Reads all rows of a sheet that are stored; rows and cells without content may be missing. */
  public void read(int sheet, RowReader reader) throws StepException, InterruptedException {
    try (Stream<Row> rows = sheets.get(sheet).openStream()) {
      int number = 0;
      Iterator<Row> each = rows.iterator();
      while (hasNext(each)) {
        Row row = each.next();
        number = Math.max(number + 1, row.getRowNum());
        List<@Nullable String> cells = new ArrayList<>(row.getCellCount());
        for (int i = 0; i < row.getCellCount(); i++) {
          cells.add(texts.of(row.getCell(i)));
        }
        reader.row(number, cells);
      }
    } catch (IOException e) {
      throw damaged(sent, e);
    }
  }

  /** The library speaks of damage by runtime exceptions of many kinds. */
  private boolean hasNext(Iterator<Row> rows) throws StepException {
    try {
      return rows.hasNext();
    } catch (RuntimeException e) {
      throw damaged(sent, e);
    }
  }

  /** Cells so far that hold an error such as #DIV/0!; they are null. */
  public long errorCells() {
    return texts.errors();
  }

  @Override
  public void close() throws StepException {
    try {
      workbook.close();
    } catch (IOException e) {
      throw damaged(sent, e);
    }
  }
}
