package io.etlapi.step.completeness;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Lookup;
import io.etlapi.step.completeness.control.Side;
import io.etlapi.step.completeness.source.FileFinder;
import io.etlapi.step.completeness.source.FoundFile;
import io.etlapi.step.completeness.source.RawTable;
import io.etlapi.step.completeness.source.SourceFile;
import io.etlapi.step.publish.PublishedTable;
import io.etlapi.step.publish.StepResults;
import io.etlapi.step.publish.TablePublisher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Joins the lookups of a side to its harmonised rows, one after the other. */
final class EnrichmentStep extends SideStep {

  static final String WORK = "enrichment";

  private static final String MISS = "__miss";

  EnrichmentStep(Side side) {
    super(
        side,
        WORK,
        "Enrichment_%s",
        "Joins reference data to the harmonised rows of one side; a key that occurs twice in a"
            + " lookup is an error.");
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    StepResults results = StepResults.begin(context, name());
    SideRows before = SideRows.from(context, side(), sibling(LookupSearchStep.WORK));
    List<FoundFile> files = files(context, before);
    List<Path> paths = new ArrayList<>(before.paths());
    paths.add(before.table().path());
    files.forEach(file -> paths.add(file.file().path()));
    DuckDbSession session = context.session(paths);

    Joined joined = new Joined(session, "SELECT * FROM " + before.rows().scan());
    List<Lookup> lookups = before.run().control().side(side()).lookups();
    for (int i = 0; i < lookups.size(); i++) {
      context.progress(10 + 60 * i / lookups.size(), "lookup " + (i + 1) + " of " + lookups.size());
      String role = LookupSearchStep.role(side(), i);
      List<SourceFile> sources =
          files.stream().filter(file -> file.role().equals(role)).map(FoundFile::file).toList();
      joined.add(LookupTable.load(context, session, role, lookups.get(i), sources), i + 1);
    }
    TablePublisher publisher =
        PassOn.publisher(context, session, name(), before, before.expected());
    PassOn.setAside(context, session, before, joined.rejected(), Optional.empty(), publisher);
    PublishedTable table = publisher.write("enriched.parquet", joined.rows());
    context.log(table.rows() + " rows after " + lookups.size() + " lookups");
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("side", side().key());
    details.put("rows", table.rows());
    details.put("lookups", joined.figures);
    return results.input(before.table().fileInfo(session)).details(details).build(session, table);
  }

  private List<FoundFile> files(StepContext context, SideRows before)
      throws StepException, InterruptedException {
    FileFinder finder =
        new FileFinder(context.files(), before.run().rootFileDir(), before.run().runDate());
    List<FoundFile> files = new ArrayList<>();
    if (before.table().manifest().orElseThrow().extra().get(ReadingConfigStep.FILES)
        instanceof List<?> listed) {
      for (Object item : listed) {
        files.add(finder.again((Map<?, ?>) item));
      }
    }
    return files;
  }

  /** The rows with the lookups joined so far. */
  private static final class Joined {
    private final DuckDbSession session;
    private final List<String> rejects = new ArrayList<>();
    private final List<Map<String, @Nullable Object>> figures = new ArrayList<>();
    private String rows;
    private boolean ordered = true;

    Joined(DuckDbSession session, String rows) {
      this.session = session;
      this.rows = rows;
    }

    void add(LookupTable lookup, int number) throws StepException {
      List<Column> columns = session.describe(rows);
      String joined =
          "SELECT r.*, "
              + lookup.lookup().add().entrySet().stream()
                  .map(add -> "l." + quote(add.getValue()) + " AS " + quote(add.getKey()))
                  .collect(Collectors.joining(", "))
              + ", l."
              + LookupTable.HIT
              + " IS NULL AS "
              + MISS
              + " FROM ("
              + rows
              + ") r LEFT JOIN "
              + lookup.table()
              + " l ON "
              + condition(lookup, columns, number);
      String missing = "SELECT * FROM (" + joined + ") WHERE " + MISS;
      long misses = session.number("SELECT count(*) FROM (" + missing + ")");
      String key = key(lookup.lookup());
      String fields = String.join(", ", lookup.lookup().on().keySet());
      if (misses > 0 && lookup.lookup().missing() == Lookup.Missing.FAIL) {
        throw new StepException(
            session
                .query(
                    "SELECT %s, %s, %s FROM (%s) ORDER BY 2, 3 LIMIT 1"
                        .formatted(key, quote(RawTable.FILE), quote(RawTable.LINE), missing),
                    row ->
                        "%d rows have a key that lookup %d does not know; the first is %s = '%s' in '%s', line %d."
                            .formatted(
                                misses, number, fields, row.text(1), row.text(2), row.integer(3)))
                .get(0));
      }
      boolean reject = misses > 0 && lookup.lookup().missing() == Lookup.Missing.REJECT;
      if (reject) {
        rejects.add(
            """
            SELECT %s AS file, %s AS line, %s AS "column", %s AS value, %s AS reason, %s AS raw
            FROM (%s)\
            """
                .formatted(
                    quote(RawTable.FILE),
                    quote(RawTable.LINE),
                    literal(fields),
                    key,
                    literal("is not in lookup " + number),
                    SetAside.raw(columns),
                    missing));
      }
      rows =
          "SELECT * EXCLUDE ("
              + MISS
              + ") FROM ("
              + joined
              + ")"
              + (reject ? " WHERE NOT " + MISS : "");
      ordered = false;
      Map<String, @Nullable Object> figure = new LinkedHashMap<>();
      figure.put("lookup", (long) number);
      figure.put("keys", session.number("SELECT count(*) FROM " + lookup.table()));
      figure.put("missing", misses);
      figure.put("policy", lookup.lookup().missing().key());
      figures.add(figure);
    }

    private static String key(Lookup lookup) {
      return lookup.on().keySet().stream()
          .map(field -> "coalesce(CAST(" + quote(field) + " AS VARCHAR), '')")
          .collect(Collectors.joining(" || ', ' || "));
    }

    private static String condition(LookupTable lookup, List<Column> columns, int number)
        throws StepException {
      List<String> conditions = new ArrayList<>();
      for (Map.Entry<String, String> on : lookup.lookup().on().entrySet()) {
        ColumnType field =
            columns.stream()
                .filter(column -> column.name().equals(on.getKey()))
                .map(column -> ColumnType.ofSql(column.type()))
                .findFirst()
                .orElse(ColumnType.TEXT);
        ColumnType column = lookup.types().getOrDefault(on.getValue(), ColumnType.TEXT);
        ColumnType common =
            field
                .common(column)
                .orElseThrow(
                    () ->
                        new StepException(
                            "Lookup "
                                + number
                                + " joins the field '"
                                + on.getKey()
                                + "' ("
                                + field.word()
                                + ") to its column '"
                                + on.getValue()
                                + "' ("
                                + column.word()
                                + "); give the lookup's column a type that suits, in"
                                + " \"columns\"."));
        conditions.add(
            "CAST(r.%s AS %s) = CAST(l.%s AS %s)"
                .formatted(quote(on.getKey()), common.sql(), quote(on.getValue()), common.sql()));
      }
      return String.join(" AND ", conditions);
    }

    Optional<String> rejected() {
      return rejects.isEmpty()
          ? Optional.empty()
          : Optional.of(String.join(" UNION ALL ", rejects));
    }

    /** A join may change the order of rows; the files' order is put back. */
    String rows() {
      return ordered
          ? rows
          : rows + " ORDER BY " + quote(RawTable.FILE) + ", " + quote(RawTable.LINE);
    }
  }
}
