package io.etlapi.step.completeness.source;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import io.etlapi.json.JsonRecords;
import io.etlapi.step.StepException;
import io.etlapi.step.dataset.ColumnNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON file with every digit of its numbers; the engine's own reader goes through doubles.
 * A column is numeric or boolean only if every value is; an object or array inside a record is its
 * JSON text.
 */
final class JsonSource {

  private final SourceFile file;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  private JsonSource(SourceFile file) {
    this.file = file;
  }

  /**
   * Loads a file into a table of the session.
   *
   * @param table a name that is free
   */
  static RawTable open(DuckDbSession session, String table, SourceFile file, RawRejects rejects)
      throws StepException, InterruptedException {
    JsonSource source = new JsonSource(file);
    try {
      source.read(new Survey(source.kinds));
      return source.load(session, table, rejects);
    } catch (JsonException e) {
      throw new StepException("The file '" + file.name() + "': " + e.getMessage() + ".", e);
    } catch (InterruptedIOException e) {
      Thread.interrupted();
      throw new InterruptedException("stopped while reading " + file.name());
    } catch (IOException e) {
      throw new StepException("The file '" + file.name() + "' cannot be read.", e);
    }
  }

  private void read(JsonRecords.Handler handler) throws IOException {
    try (InputStream in = Files.newInputStream(file.path())) {
      JsonRecords.read(in, handler);
    }
  }

  private RawTable load(DuckDbSession session, String table, RawRejects rejects)
      throws IOException {
    List<String> members = new ArrayList<>(kinds.keySet());
    List<@Nullable String> wanted = new ArrayList<>(List.of(RawTable.FILE, RawTable.LINE));
    wanted.addAll(members);
    List<String> names = ColumnNames.clean(wanted).names().subList(2, wanted.size());
    session.execute(
        "CREATE TABLE "
            + table
            + " ("
            + quote(RawTable.LINE)
            + " VARCHAR"
            + names.stream()
                .map(name -> ", " + quote(name) + " VARCHAR")
                .collect(Collectors.joining())
            + ")");
    Load load = new Load(members, rejects);
    try (TableAppender appender = session.appender(table)) {
      load.appender = appender;
      read(load);
    }
    List<Column> columns = new ArrayList<>();
    StringBuilder typed = new StringBuilder("(SELECT CAST(" + quote(RawTable.LINE) + " AS BIGINT)");
    typed.append(" AS ").append(quote(RawTable.LINE));
    for (int i = 0; i < names.size(); i++) {
      String type = kinds.getOrDefault(members.get(i), new Kind()).sql();
      columns.add(new Column(names.get(i), type));
      String name = quote(names.get(i));
      typed.append(", CAST(").append(name).append(" AS ").append(type).append(") AS ").append(name);
    }
    typed.append(" FROM ").append(table).append(")");
    return new RawTable(
        file, columns, quote(RawTable.LINE), typed.toString(), load.accepted, load.rejected);
  }

  /** What the values of a member have in common. */
  private static final class Kind {
    private static final int MAX_DIGITS = 38;
    private boolean numbers;
    private boolean flags;
    private boolean others;
    private int whole = 1;
    private int decimals;

    void see(Object value) {
      if (value instanceof Number number) {
        BigDecimal exact = new BigDecimal(number.toString());
        numbers = true;
        decimals = Math.max(decimals, exact.scale());
        whole = Math.max(whole, exact.precision() - exact.scale());
      } else if (value instanceof Boolean) {
        flags = true;
      } else {
        others = true;
      }
    }

    String sql() {
      if (numbers && !flags && !others && whole + decimals <= MAX_DIGITS) {
        return decimals == 0 && whole <= 18
            ? "BIGINT"
            : "DECIMAL(" + (whole + decimals) + "," + decimals + ")";
      }
      return flags && !numbers && !others ? "BOOLEAN" : "VARCHAR";
    }
  }

  /** First reading: which members there are. */
  private record Survey(Map<String, Kind> kinds) implements JsonRecords.Handler {
    @Override
    public void record(long number, Map<String, @Nullable Object> members) throws IOException {
      stopIfAsked(number);
      members.forEach(
          (name, value) -> {
            Kind kind = kinds.computeIfAbsent(name, unseen -> new Kind());
            if (value != null) {
              kind.see(value);
            }
          });
    }

    @Override
    public void malformed(long number, String reason, String raw) {
      // told by the second reading
    }
  }

  /** Second reading: the values as texts. */
  private final class Load implements JsonRecords.Handler {
    private final List<String> members;
    private final RawRejects rejects;
    private @Nullable TableAppender appender;
    private long accepted;
    private long rejected;

    Load(List<String> members, RawRejects rejects) {
      this.members = members;
      this.rejects = rejects;
    }

    @Override
    public void record(long number, Map<String, @Nullable Object> record) throws IOException {
      stopIfAsked(++accepted);
      @Nullable String[] row = new String[members.size() + 1];
      row[0] = Long.toString(number);
      for (int i = 0; i < members.size(); i++) {
        row[i + 1] = text(record.get(members.get(i)));
      }
      java.util.Objects.requireNonNull(appender).row(row);
    }

    @Override
    public void malformed(long number, String reason, String raw) {
      rejected++;
      rejects.add(file, number, reason, raw);
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    }
    return value instanceof Map || value instanceof List ? Json.write(value) : value.toString();
  }

  private static void stopIfAsked(long count) throws IOException {
    if ((count & 0xFFFF) == 0 && Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException();
    }
  }
}
