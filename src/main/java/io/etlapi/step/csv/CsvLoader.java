package io.etlapi.step.csv;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Loads a CSV file into a session as text: well-formed records into one table, malformed ones with
 * line, reason and text into another. No value is changed and no record is lost between the two.
 *
 * <p>The engine parses several times as fast as Java, but stops at the first malformed record and
 * takes some others otherwise. So it reads the files that it reads the same ({@link PlainCsv}), and
 * all others are read record by record.
 */
public final class CsvLoader {

  /** More columns than any real file has; a wrong delimiter or a bomb has more. */
  static final int MAX_COLUMNS = 10_000;

  private static final int MAX_RAW_CHARS = 10_000;
  private static final int RECORDS_BETWEEN_CALLS = 4_096;

  /** Hears from time to time how many bytes of how many are read; may stop the work. */
  public interface Progress {
    /** Called between records. */
    void bytesRead(long read, long all) throws InterruptedException;
  }

  /**
   * What was loaded.
   *
   * @param columns names in the order of the file
   * @param renamed one sentence for each header that could not be a name as it stood
   * @param rows well-formed records, without the header
   * @param rejected malformed records
   */
  public record Loaded(List<String> columns, List<String> renamed, long rows, long rejected) {
    public Loaded {
      columns = List.copyOf(columns);
      renamed = List.copyOf(renamed);
    }
  }

  private final DuckDbSession session;
  private final CsvFormat format;
  private final Progress progress;

  /** A loader for files of one format. */
  public CsvLoader(DuckDbSession session, CsvFormat format, Progress progress) {
    this.session = session;
    this.format = format;
    this.progress = progress;
  }

  /**
   * Loads one file.
   *
   * @param file one that the session may read
   * @param sentPath the file as messages name it
   * @param rowsTable made here: the file's columns as text, in the order of the file
   * @param rejectsTable made here: {@code line}, {@code reason}, {@code raw}, all text
   * @throws StepException if the file holds nothing, or its header is malformed
   */
  public Loaded load(Path file, String sentPath, String rowsTable, String rejectsTable)
      throws StepException, InterruptedException {
    try {
      return load(file, sentPath, rowsTable, rejectsTable, PlainCsv.scan(file, format, progress));
    } catch (IOException e) {
      throw new StepException("The file '" + sentPath + "' cannot be read.", e);
    }
  }

  Loaded load(
      Path file,
      String sentPath,
      String rowsTable,
      String rejectsTable,
      Optional<PlainCsv.Found> plain)
      throws IOException, StepException, InterruptedException {
    try (Counting counted = new Counting(Files.newInputStream(file));
        CsvRecords records = new CsvRecords(new BufferedInputStream(counted), format, sentPath)) {
      session.execute(
          "CREATE TABLE " + quote(rejectsTable) + " (line VARCHAR, reason VARCHAR, raw VARCHAR)");
      try (TableAppender rejects = session.appender(rejectsTable)) {
        return new Run(records, counted, file, sentPath, rejects).load(rowsTable, plain);
      }
    }
  }

  /** One file on its way. */
  private final class Run {
    private final CsvRecords records;
    private final Counting counted;
    private final Path file;
    private final long bytes;
    private final String sentPath;
    private final TableAppender rejects;
    private long rejected;

    Run(CsvRecords records, Counting counted, Path file, String sentPath, TableAppender rejects)
        throws IOException {
      this.records = records;
      this.counted = counted;
      this.file = file;
      this.bytes = Files.size(file);
      this.sentPath = sentPath;
      this.rejects = rejects;
    }

    Loaded load(String rowsTable, Optional<PlainCsv.Found> plain)
        throws IOException, StepException, InterruptedException {
      boolean more = findFirst();
      List<@Nullable String> first = records.fields();
      ColumnNames.Cleaned names =
          format.header()
              ? ColumnNames.clean(first)
              : new ColumnNames.Cleaned(
                  ColumnNames.clean(Collections.nCopies(first.size(), null)).names(), List.of());
      int width = names.names().size();
      if (width > MAX_COLUMNS) {
        throw new StepException(
            "The file '"
                + sentPath
                + "' has "
                + width
                + " columns; at most "
                + MAX_COLUMNS
                + " can be read. Check the delimiter.");
      }
      if (plain.isPresent()) {
        return byTheEngine(rowsTable, names, plain.get());
      }
      session.execute(
          names.names().stream()
              .map(name -> quote(name) + " VARCHAR")
              .collect(Collectors.joining(", ", "CREATE TABLE " + quote(rowsTable) + " (", ")")));
      long rows = 0;
      if (format.header()) {
        more = records.next();
      }
      try (TableAppender appender = session.appender(rowsTable)) {
        long seen = 0;
        @Nullable String[] values = new String[width];
        for (; more; more = records.next()) {
          if (++seen % RECORDS_BETWEEN_CALLS == 0) {
            progress.bytesRead(counted.count, bytes);
          }
          if (records.fault() != null || records.fields().size() != width) {
            reject(width);
          } else {
            appender.row(records.fields().toArray(values));
            rows++;
          }
        }
      }
      return new Loaded(names.names(), names.notes(), rows, rejected);
    }

    /**
     * Every setting is given, because guessing would lose digits, zeros and empty texts; but for
     * the line end CR and LF: told of it, the engine finds no record at all.
     */
    private Loaded byTheEngine(String rowsTable, ColumnNames.Cleaned names, PlainCsv.Found plain)
        throws StepException {
      String columns =
          names.names().stream()
              .map(name -> literal(name) + ": 'VARCHAR'")
              .collect(Collectors.joining(", "));
      long headers = format.header() ? 1 : 0;
      session.execute(
          """
          CREATE TABLE %s AS SELECT * FROM read_csv(%s, auto_detect = false, header = false, \
          skip = %d, delim = %s, quote = '"', escape = '"', nullstr = '', \
          allow_quoted_nulls = false, strict_mode = true, max_line_size = %d%s, \
          compression = 'none', hive_partitioning = false, columns = {%s})\
          """
              .formatted(
                  quote(rowsTable),
                  literal(file.toString()),
                  headers,
                  literal(String.valueOf(format.delimiter())),
                  2 * PlainCsv.MAX_LINE_BYTES,
                  plain.carriageReturns() ? "" : ", new_line = '\\n'",
                  columns));
      long rows = session.number("SELECT count(*) FROM " + quote(rowsTable));
      if (names.names().size() != plain.fields() || rows != plain.lines() - headers) {
        throw new StepException("The file '" + sentPath + "' was changed while it was read.");
      }
      return new Loaded(names.names(), names.notes(), rows, 0);
    }

    /** Goes to the header, or to the first record that can say how many columns there are. */
    private boolean findFirst() throws IOException, StepException {
      while (records.next()) {
        if (records.fault() == null) {
          return true;
        }
        if (format.header()) {
          throw new StepException(
              "The header of '"
                  + sentPath
                  + "' on line "
                  + records.line()
                  + " "
                  + records.fault()
                  + ".");
        }
        reject(0);
      }
      throw new StepException(
          bytes == 0
              ? "The file '" + sentPath + "' is empty: not even a header is in it."
              : "The file '"
                  + sentPath
                  + "' holds no "
                  + (format.header() ? "header" : "well-formed record")
                  + (format.skipRows() > 0 ? " after " + format.skipRows() + " skipped lines" : "")
                  + ".");
    }

    private void reject(int width) {
      rejected++;
      String reason =
          records.fault() != null
              ? "the record " + records.fault()
              : "expected " + width + " fields, found " + records.fields().size();
      rejects.row(
          Long.toString(records.line()),
          reason,
          // The engine's text cannot be compared where it holds NUL.
          records.raw(MAX_RAW_CHARS).replace('\0', '\u2400').replace('\uFFFF', '\uFFFD'));
    }
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count += next < 0 ? 0 : 1;
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
