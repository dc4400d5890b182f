package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CombinedRowsTest {

  private static final MatchModel MODEL =
      new MatchModel(
          List.of(
              new MatchField("ref", ColumnType.TEXT),
              new MatchField("ccy", ColumnType.TEXT),
              new MatchField("amount", ColumnType.decimal(18, 2))),
          3,
          new MatchRules(List.of("ref"), List.of("ccy"), List.of("amount"), List.of()));
  private static final List<String> FIELDS = List.of("ref", "ccy", "amount");

  private final Path folder;

  CombinedRowsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void sourceRowsAreNumberedBeforeTargetRowsAndCarriedOnesFollowTheirSide() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      CombinedRows combined =
          combined(engine, "('A','EUR',1),('B','EUR',2)", "('C','EUR',3)", "('A','EUR',4)");
      assertEquals(
          List.of(
              "src|1|A|false|false",
              "src|2|B|false|false",
              "src|3|C|true|false",
              "tgt|4|A|false|false"),
          rows(engine, combined));
      assertEquals(0, combined.superseded(Side.SRC));
    }
  }

  @Test
  void aNewRowReplacesTheCarriedOneOfItsKeyAndGroup() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      CombinedRows combined =
          combined(
              engine,
              "('A','EUR',1),('B',NULL,2),(NULL,'EUR',9)",
              "('A','EUR',7),('A','USD',7),('B',NULL,8),(NULL,'EUR',9)",
              "('A','EUR',4)");
      List<String> rows = rows(engine, combined);
      assertEquals(2, combined.superseded(Side.SRC));
      assertEquals(0, combined.superseded(Side.TGT));
      assertEquals(
          List.of("src|5|A|true|false", "src|7|~|true|false"),
          rows.stream().filter(row -> row.contains("true|")).toList());
    }
  }

  @Test
  void duplicatesAreRowsOfOneSideWithTheSameKeyAndGroupAndNoNullKey() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      CombinedRows combined =
          combined(
              engine,
              "('A',NULL,1),('A',NULL,2),('A','EUR',3),(NULL,'EUR',4),(NULL,'EUR',5)",
              "",
              "('A','EUR',6)");
      assertEquals(
          List.of(1, 2),
          rows(engine, combined).stream()
              .filter(row -> row.endsWith("true"))
              .map(row -> Integer.parseInt(row.substring(4, 5)))
              .toList());
    }
  }

  private static CombinedRows combined(
      MatchingEngine engine, String src, String carried, String tgt) {
    return new CombinedRows(
        engine.session,
        MODEL,
        new CombinedRows.Input(
            relation(src),
            count(src),
            FIELDS,
            carried.isEmpty() ? null : relation(carried),
            count(carried)),
        CombinedRows.Input.of(relation(tgt), count(tgt), FIELDS));
  }

  private static long count(String rows) {
    return rows.chars().filter(c -> c == '(').count();
  }

  private static String relation(String rows) {
    return """
    (SELECT *, row_number() OVER () AS row_number, 'f.csv' AS _file, 1 AS _line
    FROM (VALUES %s) AS v (ref, ccy, amount))\
    """
        .formatted(rows);
  }

  private static List<String> rows(MatchingEngine engine, CombinedRows combined) {
    List<String> rows = new ArrayList<>();
    engine.session.forEach(
        "SELECT concat_ws('|', side, row_id, coalesce(ref, '~'), carried, duplicate) FROM ("
            + combined.select()
            + ") ORDER BY row_id",
        row -> rows.add(String.valueOf(row.text(1))));
    return rows;
  }
}
