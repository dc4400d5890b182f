package io.etlapi.step.completeness.source;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.step.StepException;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ReadOptions;
import io.etlapi.step.dataset.ColumnNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file as text. The engine parses it, but it does not say on which physical line a
 * record begins and stops at the first malformed one. So the file is scanned first: if every line
 * is one well-formed record, the engine reads the file itself and counts; if not, it reads a copy
 * that holds the good records alone, each after its line number.
 */
public final class CsvSource {

  private final SourceFile file;
  private final ReadOptions read;
  private final List<ColumnSpec> declared;
  private final char delimiter;
  private final char quote;

  private CsvSource(SourceFile file, ReadOptions read, List<ColumnSpec> declared) {
    this.file = file;
    this.read = read;
    this.declared = declared;
    this.delimiter = read.delimiter().charAt(0);
    this.quote = read.quote().charAt(0);
  }

  /**
   * Scans a file.
   *
   * @param declared columns that the control names; they name the fields of a file without header
   * @param work where a copy may be written; the caller deletes it when the rows have been read
   * @throws StepException if the file as a whole cannot be read
   */
  public static RawTable open(
      SourceFile file, ReadOptions read, List<ColumnSpec> declared, Path work, RawRejects rejects)
      throws StepException, InterruptedException {
    CsvSource source = new CsvSource(file, read, declared);
    try {
      return source.open(work, rejects);
    } catch (StepException e) {
      throw new StepException("The file '" + file.name() + "': " + e.getMessage() + ".", e);
    } catch (InterruptedIOException e) {
      Thread.interrupted();
      throw new InterruptedException("stopped while reading " + file.name());
    } catch (CsvScanner.LineTooLongException e) {
      throw new StepException(
          "The file '" + file.name() + "': " + e.getMessage() + "; is it a CSV file?", e);
    } catch (IOException e) {
      throw new StepException("The file '" + file.name() + "' cannot be read.", e);
    }
  }

  private RawTable open(Path work, RawRejects rejects)
      throws IOException, StepException, InterruptedException {
    if (read.encoding().equals("utf-8")) {
      try {
        Plain plain = new Plain();
        Scanned scanned = scan(plain);
        return table(
            scanned,
            "row_number() OVER () + " + (scanned.firstLine - 1),
            from(file.path(), scanned.firstLine - 1, scanned.carriageReturns, scanned.names),
            plain.count,
            0);
      } catch (IrregularException e) {
        // the second way takes every file
      }
    }
    try (Copy copy = new Copy(work, rejects)) {
      Scanned scanned = scan(copy);
      List<String> columns = new ArrayList<>(List.of(RawTable.LINE));
      columns.addAll(scanned.names);
      return table(
          scanned, quote(RawTable.LINE), from(work, 0, false, columns), copy.count, copy.refused);
    }
  }

  private RawTable table(Scanned scanned, String line, String from, long rows, long rejected) {
    List<Column> columns = scanned.names.stream().map(name -> new Column(name, "VARCHAR")).toList();
    return new RawTable(file, columns, line, from, rows, rejected);
  }

  /**
   * Every setting is given: guessing would lose digits, zeros and empty texts, and take a line end
   * inside a quoted field for that of the file. But for one: where lines end with CR and LF, the
   * engine that is told so finds no record at all; untold it reads them right, as long as no quoted
   * field holds a line end, and such a file is copied.
   */
  private String from(Path path, long skip, boolean carriageReturns, List<String> columns) {
    return """
    read_csv(%s, auto_detect = false, header = false, skip = %d, delim = %s, quote = %s, \
    escape = %s, nullstr = '', allow_quoted_nulls = false, strict_mode = true, %s\
    max_line_size = %d, hive_partitioning = false, columns = {%s})\
    """
        .formatted(
            literal(path.toString()),
            skip,
            literal(String.valueOf(delimiter)),
            literal(String.valueOf(quote)),
            literal(String.valueOf(quote)),
            carriageReturns ? "" : "new_line = '\\n', ",
            CsvScanner.MAX_RECORD_BYTES + 100,
            columns.stream()
                .map(
                    name ->
                        literal(name)
                            + ": "
                            + (name.equals(RawTable.LINE) ? "'BIGINT'" : "'VARCHAR'"))
                .collect(Collectors.joining(", ")));
  }

  /**
   * What a scan found.
   *
   * @param firstLine physical line after the header
   * @param carriageReturns whether lines end with CR and LF
   */
  private record Scanned(List<String> names, long firstLine, boolean carriageReturns) {}

  private Scanned scan(CsvRecords records) throws IOException, StepException {
    EncodedText.Opened text = EncodedText.open(file.path(), read.encoding());
    try (var bytes = text.bytes()) {
      CsvScanner scanner = new CsvScanner(bytes, delimiter, quote);
      boolean plain = scanner.skipLines(read.skipRows());
      if (!plain || (text.marked() && read.skipRows() == 0 && !read.header())) {
        records.irregular();
      }
      List<@Nullable String> header = null;
      if (read.header()) {
        byte[] record = scanner.header(records, read.encoding());
        if (record == null) {
          throw new StepException("it is empty: there is no header");
        }
        header = CsvFields.split(new String(record, StandardCharsets.UTF_8), delimiter, quote);
      }
      long firstLine = scanner.line();
      int expected = header != null ? header.size() : declared.size();
      int width = scanner.records(expected, records, read.encoding());
      return new Scanned(names(header, width), firstLine, scanner.endsWithCarriageReturn());
    }
  }

  private List<String> names(@Nullable List<@Nullable String> header, int width) {
    List<@Nullable String> wanted = new ArrayList<>(List.of(RawTable.FILE, RawTable.LINE));
    for (int i = 0; i < width; i++) {
      if (header != null) {
        wanted.add(header.get(i));
      } else {
        wanted.add(declared.isEmpty() ? null : declared.get(i).name());
      }
    }
    List<String> names = ColumnNames.clean(wanted).names();
    return names.subList(2, names.size());
  }

  /** Counts, and gives up where the engine would not count the same. */
  private static final class Plain implements CsvRecords {
    private long count;

    @Override
    public void accepted(byte[] bytes, int from, int to, long line, boolean strayQuote)
        throws IOException {
      stopIfAsked(++count);
      if (strayQuote) {
        irregular();
      }
    }

    @Override
    public void rejected(byte[] bytes, int from, int to, long line, String reason)
        throws IOException {
      irregular();
    }

    @Override
    public void irregular() throws IOException {
      throw new IrregularException();
    }
  }

  /** Writes good records after their line numbers. */
  private final class Copy implements CsvRecords, AutoCloseable {
    private final OutputStream out;
    private final RawRejects rejects;
    private long count;
    private long refused;

    Copy(Path work, RawRejects rejects) throws IOException {
      this.out = new BufferedOutputStream(Files.newOutputStream(work), 1 << 16);
      this.rejects = rejects;
    }

    @Override
    public void accepted(byte[] bytes, int from, int to, long line, boolean strayQuote)
        throws IOException {
      stopIfAsked(++count);
      out.write(Long.toString(line).getBytes(StandardCharsets.US_ASCII));
      out.write(delimiter);
      if (strayQuote) {
        String record = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        out.write(requoted(record).getBytes(StandardCharsets.UTF_8));
      } else {
        out.write(bytes, from, to - from);
      }
      out.write('\n');
    }

    private String requoted(String record) {
      String mark = String.valueOf(quote);
      return CsvFields.split(record, delimiter, quote).stream()
          .map(field -> field == null ? "" : mark + field.replace(mark, mark + mark) + mark)
          .collect(Collectors.joining(String.valueOf(delimiter)));
    }

    @Override
    public void rejected(byte[] bytes, int from, int to, long line, String reason)
        throws IOException {
      stopIfAsked(++refused);
      rejects.add(file, line, reason, new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }

    @Override
    public void irregular() {
      // a copy takes everything
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  private static void stopIfAsked(long count) throws IOException {
    if ((count & 0xFFFF) == 0 && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException();
    }
  }

  /** Ends the first scan; a matter of course, so it carries no stack. */
  private static final class IrregularException extends IOException {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
