package io.etlapi.step.completeness.ledger;

import static io.etlapi.engine.SqlIdentifier.literal;
import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps, for every one-sided break, the rows of the other side that it may have been meant for, so
 * that "why did this row not match?" can be answered when the input files are long gone. A VALUE
 * break holds its counterpart itself.
 *
 * <p>The file {@value #FILE}: break_id, rank (from 1, nearest first), found_by, side, matched,
 * every field, file, line. {@code found_by} is {@code key} (a row of the same key, in any group,
 * matched or not), {@code values} (a row that no pass took, of the same group and equal in every
 * compared field, with another key) or {@code balance} (the same, but equal in the balance fields
 * only). Every way is an equality join with few rows a value, so a crowd of equal rows costs
 * little.
 */
final class BreakEvidence {

  static final String FILE = "evidence.parquet";

  /** Candidates of one break, and rows considered of one key or of the same values. */
  private static final int MOST = 5;

  private final DuckDbSession session;
  private final RollingInput input;
  private final MatchRules rules;

  /** Evidence for the breaks that {@link Rolling} left in the tables of the session. */
  BreakEvidence(DuckDbSession session, RollingInput input, MatchRules rules) {
    this.session = session;
    this.input = input;
    this.rules = rules;
  }

  /** Writes the file into a folder that the session may write to. */
  Path write(Path folder) {
    Path file = folder.resolve("ledger-" + FILE);
    prepare();
    session.execute(
        """
        COPY (
          SELECT break_id, row_number() OVER nearest AS rank, found_by, side, matched, %1$s,
            file, line
          FROM (
            SELECT * FROM evidence_found
            QUALIFY row_number() OVER (PARTITION BY break_id, candidate ORDER BY way) = 1)
          WINDOW nearest AS (
            PARTITION BY break_id ORDER BY way, NOT same_group, matched, candidate)
          QUALIFY rank <= %2$d
          ORDER BY break_id, rank
        ) TO %3$s (FORMAT parquet, COMPRESSION zstd)\
        """
            .formatted(columns("", input.fields()), MOST, literal(file.toString())));
    return file;
  }

  private void prepare() {
    session.execute(
        """
        CREATE TEMP TABLE evidence_wanted AS
        SELECT break_id, side, %s,
          CASE side WHEN 'src' THEN src_file ELSE tgt_file END AS file,
          CASE side WHEN 'src' THEN src_line ELSE tgt_line END AS line
        FROM rolling_standing WHERE side <> 'both'\
        """
            .formatted(
                input.fields().stream()
                    .map(
                        field ->
                            "CASE side WHEN 'src' THEN %s ELSE %s END AS %s"
                                .formatted(
                                    quote("src_" + field), quote("tgt_" + field), quote(field)))
                    .collect(Collectors.joining(", "))));
    session.execute(
        """
        CREATE TEMP TABLE evidence_found (
          break_id VARCHAR, way INTEGER, found_by VARCHAR, side VARCHAR, candidate VARCHAR,
          matched BOOLEAN, same_group BOOLEAN, %s, file VARCHAR, line BIGINT)\
        """
            .formatted(
                session
                    .describe("SELECT " + columns("", input.fields()) + " FROM evidence_wanted")
                    .stream()
                    .map(column -> quote(column.name()) + " " + column.type())
                    .collect(Collectors.joining(", "))));
    byKey();
    Set<String> compared = new LinkedHashSet<>();
    for (Pass pass : rules.passes()) {
      pass.compare().stream().map(Comparison::field).forEach(compared::add);
    }
    compared.removeAll(input.key());
    compared.removeAll(input.groupBy());
    List<String> balance = new ArrayList<>(rules.balance());
    balance.removeAll(input.key());
    byValues(2, "values", List.copyOf(compared));
    if (!compared.equals(Set.copyOf(balance))) {
      byValues(3, "balance", balance);
    }
  }

  private void byKey() {
    session.execute(
        """
        INSERT INTO evidence_found
        WITH near AS (
          SELECT r.*, row_number() OVER (PARTITION BY side, %1$s ORDER BY row_id) AS place
          FROM (SELECT * FROM %2$s AS c
            SEMI JOIN evidence_wanted AS w ON w.side <> c.side AND %3$s) AS r
          QUALIFY place <= %4$d)
        SELECT w.break_id, 1, 'key', n.side, lpad(n.row_id::VARCHAR, 20, '0'),
          n.row_id IN (SELECT m.row_id FROM %5$s AS m
            SEMI JOIN near AS x ON x.row_id = m.row_id),
          %6$s, %7$s, n._file, n._line
        FROM evidence_wanted AS w
        JOIN near AS n ON w.side <> n.side AND %8$s\
        """
            .formatted(
                columns("", input.key()),
                quote(input.rows()),
                equal("w", "c", input.key()),
                MOST,
                quote(input.matches()),
                sameGroup(),
                columns("n.", input.fields()),
                equal("w", "n", input.key())));
  }

  /** Looks among breaks of the other side only: what is matched already belongs elsewhere. */
  private void byValues(int way, String name, List<String> fields) {
    if (fields.isEmpty()) {
      return;
    }
    List<String> where = new ArrayList<>(fields);
    where.addAll(input.groupBy());
    session.execute(
        """
        INSERT INTO evidence_found
        WITH near AS (
          SELECT * FROM evidence_wanted
          QUALIFY row_number() OVER (PARTITION BY side, %1$s ORDER BY break_id) <= %2$d)
        SELECT w.break_id, %3$d, %4$s, n.side, n.break_id, false, true, %5$s, n.file, n.line
        FROM evidence_wanted AS w
        JOIN near AS n ON w.side <> n.side AND %6$s %7$s\
        """
            .formatted(
                columns("", where),
                MOST,
                way,
                literal(name),
                columns("n.", input.fields()),
                equal("w", "n", fields),
                input.groupBy().stream()
                    .map(field -> " AND w.%1$s IS NOT DISTINCT FROM n.%1$s".formatted(quote(field)))
                    .collect(Collectors.joining())));
  }

  private String sameGroup() {
    return input.groupBy().isEmpty()
        ? "true"
        : input.groupBy().stream()
            .map(field -> "w.%1$s IS NOT DISTINCT FROM n.%1$s".formatted(quote(field)))
            .collect(Collectors.joining(" AND "));
  }

  private static String equal(String left, String right, List<String> fields) {
    return fields.stream()
        .map(field -> left + "." + quote(field) + " = " + right + "." + quote(field))
        .collect(Collectors.joining(" AND "));
  }

  private static String columns(String prefix, List<String> fields) {
    return fields.stream().map(field -> prefix + quote(field)).collect(Collectors.joining(", "));
  }
}
