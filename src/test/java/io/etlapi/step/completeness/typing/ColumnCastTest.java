package io.etlapi.step.completeness.typing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.step.StepBench;
import io.etlapi.step.TestStepContext;
import io.etlapi.step.completeness.control.ColumnSpec;
import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.HarmoniseRule;
import io.etlapi.step.completeness.control.Op;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnCastTest {

  private TestStepContext context;
  private DuckDbSession session;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    context = new StepBench(folder).context(Map.of());
    session = context.session(List.of());
  }

  @AfterEach
  void close() {
    context.close();
  }

  /** The value as text, {@code null} for null, {@code rejected} for what cannot be cast. */
  private String cast(ColumnSpec spec, String stored, String value) {
    ColumnCast cast = ColumnCast.of(spec, new Column("c", stored));
    return session
        .query(
            "SELECT CASE WHEN %s AND %s IS NULL THEN 'rejected' ELSE coalesce(CAST(%s AS VARCHAR), 'null') END FROM (SELECT %s AS c)"
                .formatted(cast.given(), cast.value(), cast.value(), value),
            row -> String.valueOf(row.text(1)))
        .get(0);
  }

  private static ColumnSpec spec(
      String type, @Nullable String format, @Nullable String thousands, String point) {
    return new ColumnSpec("c", ColumnType.parse(type).orElseThrow(), format, thousands, point);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "decimal(18,2);1.10;1.10",
        "decimal(18,2);' 1.1 ';1.10",
        "decimal(18,2);-000001.1000;-1.10",
        "decimal(18,2);+.5;0.50",
        "decimal(18,2);5.;5.00",
        "decimal(18,2);1.101;rejected",
        "decimal(18,2);1.100000000000000000000000000000000000000000;1.10",
        "decimal(5,2);999.99;999.99",
        "decimal(5,2);1000.00;rejected",
        "decimal(5,2);0000000001.00;1.00",
        "decimal(3,2);.99;0.99",
        "decimal(38,0);99999999999999999999999999999999999999;99999999999999999999999999999999999999",
        "decimal(18,2);1e3;rejected",
        "decimal(18,2);1,000.00;rejected",
        "decimal(18,2);--1;rejected",
        "decimal(18,2);.;rejected",
        "decimal(18,2);-;rejected",
        "decimal(18,2);1 000;rejected",
        "decimal(18,2);'';null",
        "decimal(18,2);'   ';null",
        "integer;42;42",
        "integer;42.00;42",
        "integer;42.5;rejected",
        "integer;9223372036854775807;9223372036854775807",
        "integer;9223372036854775808;rejected",
        "double;1.5e3;1500.0",
        "double;1e999;rejected",
        "double;nan;rejected",
        "double;inf;rejected",
        "boolean;TRUE;true",
        "boolean;false;false",
        "boolean;1;rejected",
        "boolean;yes;rejected",
        "date;2024-02-29;2024-02-29",
        "date;2023-02-29;rejected",
        "date;2024-2-9;rejected",
        "date;2024/02/09;rejected",
        "date;2024-02-09 10:00:00;rejected",
        "timestamp;2024-02-29T10:11:12;2024-02-29 10:11:12",
        "timestamp;2024-02-29 10:11;2024-02-29 10:11:00",
        "timestamp;2024-02-29T10:11:12.123456Z;2024-02-29 10:11:12.123456",
        "timestamp;2024-02-30T10:11:12;rejected",
        "timestamp;2024-02-29T24:00:00;rejected",
        "text;'  x ';'  x '",
        "text;'';''",
      })
  void textsAreCastStrictly(String type, String text, String expected) {
    assertEquals(expected, cast(spec(type, null, null, "."), "VARCHAR", quoted(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "',';.;1,234,567.89;1234567.89",
        "',';.;1234567.89;1234567.89",
        "',';.;12,34,567.89;rejected",
        "',';.;1,2345;rejected",
        "',';.;1234,567;rejected",
        "',';.;,123;rejected",
        "',';.;-1,000;-1000.00",
        "'.';',';1.234,5;1234.50",
        "'.';',';1.234.5;rejected",
        "' ';',';1 234,50;1234.50",
        "'''';.;1'234.5;1234.50",
      })
  void groupsAreOfExactlyThreeDigits(String thousands, String point, String text, String expected) {
    assertEquals(
        expected, cast(spec("decimal(18,2)", null, thousands, point), "VARCHAR", quoted(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "date;dd/MM/yyyy;31/01/2024;2024-01-31",
        "date;dd/MM/yyyy;31/02/2024;rejected",
        "date;dd/MM/yyyy;1/02/2024;rejected",
        "date;dd/MM/yyyy;2024-01-31;rejected",
        "date;d/M/yyyy;1/2/2024;2024-02-01",
        "date;yyyyMMdd;20240131;2024-01-31",
        "date;yyyyMMdd;20241301;rejected",
        "date;dd-MMM-yy;05-feb-24;2024-02-05",
        "date;dd-MMM-yy;31-Feb-24;rejected",
        "date;d MMMM yyyy;5 February 2024;2024-02-05",
        "date;dd.MM.yyyy;05.02.2024;2024-02-05",
        "date;dd.MM.yyyy;05/02/2024;rejected",
        "timestamp;dd/MM/yyyy HH:mm:ss;05/02/2024 23:59:59;2024-02-05 23:59:59",
        "timestamp;dd/MM/yyyy HH:mm:ss;05/02/2024 24:00:00;rejected",
        "timestamp;MM/dd/yyyy hh:mm a;02/05/2024 11:30 PM;2024-02-05 23:30:00",
        "timestamp;yyyyMMdd'T'HHmmss.SSS;20240205T101112.123;2024-02-05 10:11:12.123",
        "timestamp;yyyy-MM-dd;2024-02-05;2024-02-05 00:00:00",
        "boolean;Y/N;y;true",
        "boolean;Y/N;N;false",
        "boolean;Y/N;true;rejected",
      })
  void formatsAreTakenToTheLetter(String type, String format, String text, String expected) {
    assertEquals(expected, cast(spec(type, format, null, "."), "VARCHAR", quoted(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "decimal(18,2);DOUBLE;0.1::DOUBLE;0.10",
        "decimal(18,2);DOUBLE;1.005::DOUBLE;rejected",
        "decimal(38,2);DOUBLE;1e20::DOUBLE;100000000000000000000.00",
        "decimal(18,2);DECIMAL(20,4);1.1000::DECIMAL(20,4);1.10",
        "decimal(18,2);DECIMAL(20,4);1.1001::DECIMAL(20,4);rejected",
        "decimal(18,2);INTEGER;7;7.00",
        "integer;DOUBLE;7.0::DOUBLE;7",
        "integer;DOUBLE;7.5::DOUBLE;rejected",
        "date;TIMESTAMP;TIMESTAMP '2024-01-02 00:00:00';2024-01-02",
        "date;TIMESTAMP;TIMESTAMP '2024-01-02 00:00:01';rejected",
        "timestamp;DATE;DATE '2024-01-02';2024-01-02 00:00:00",
        "text;DECIMAL(18,2);1.10::DECIMAL(18,2);1.10",
        "double;DECIMAL(18,2);1.10::DECIMAL(18,2);1.1",
        "decimal(18,2);DOUBLE;NULL::DOUBLE;null",
      })
  void storedValuesAreCastWithoutLoss(String type, String stored, String value, String expected) {
    assertEquals(expected, cast(spec(type, null, null, "."), stored, value));
  }

  @Test
  void aStoredTypeThatCanNeverSuitIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> ColumnCast.of(spec("date", null, null, "."), new Column("c", "DOUBLE")));
    assertTrue(String.valueOf(refusal.getMessage()).contains("holds double and cannot be read"));
  }

  private String harmonised(
      String type, String value, List<String> words, Map<String, String> map) {
    List<Op> ops = words.stream().map(word -> Op.parse(word).orElseThrow()).toList();
    HarmoniseSql sql =
        HarmoniseSql.of(
            new HarmoniseRule("f", "c", "c", ops, map), "c", ColumnType.parse(type).orElseThrow());
    return session
        .query(
            "SELECT coalesce(CAST("
                + sql.value()
                + " AS VARCHAR), 'null') FROM (SELECT "
                + value
                + " AS c)",
            row -> String.valueOf(row.text(1)))
        .get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "text;'''  a b  ''';trim;a b",
        "text;'''aé''';upper;AÉ",
        "text;'''AB''';lower;ab",
        "text;'''000120''';strip_leading_zeros;120",
        "text;'''000''';strip_leading_zeros;0",
        "text;'''''';strip_leading_zeros;''",
        "text;'''a  b   c''';collapse_spaces;a b c",
        "text;'''a-b-c''';remove:-;abc",
        "text;'''REF:7:x''';remove:REF:;7:x",
        "text;''' 007 ''';trim strip_leading_zeros;7",
        "integer;42::BIGINT;strip_leading_zeros;42",
        "decimal(18,3);2.345::DECIMAL(18,3);round:2;2.35",
        "decimal(18,3);-2.345::DECIMAL(18,3);round:2;-2.35",
        "decimal(18,3);2.5::DECIMAL(18,3);round:0;3",
        "decimal(18,3);-2.5::DECIMAL(18,3);round:0;-3",
        "decimal(4,2);99.99::DECIMAL(4,2);round:1;100.0",
        "decimal(18,2);2.10::DECIMAL(18,2);round:4;2.10",
        "double;1.005::DOUBLE;round:2;1.01",
        "double;-1.005::DOUBLE;round:2;-1.01",
        "decimal(18,2);2.10::DECIMAL(18,2);negate;-2.10",
        "decimal(18,2);-2.10::DECIMAL(18,2);abs;2.10",
        "timestamp;TIMESTAMP '2024-01-02 03:04:05';date;2024-01-02",
        "text;'''2024-01-02''';date;2024-01-02",
        "text;'''2024-01-02T03:04:05''';date;2024-01-02",
        "text;'''02/01/2024''';date;null",
        "text;NULL::VARCHAR;upper;null",
      })
  void operationsDoWhatTheirNamesSay(String type, String value, String ops, String expected) {
    assertEquals(expected, harmonised(type, value, Arrays.asList(ops.split(" ", -1)), Map.of()));
  }

  @Test
  void theMapComesAfterTheOperationsAndLeavesOthersAlone() {
    Map<String, String> map = new LinkedHashMap<>(Map.of("STG", "GBP"));
    assertEquals("GBP", harmonised("text", "'stg'", List.of("upper"), map));
    assertEquals("usd", harmonised("text", "'usd'", List.of(), map));
    assertEquals("one", harmonised("integer", "1", List.of(), Map.of("1", "one")));
  }

  @Test
  void aNumberOperationOnTextSaysWhatToDo() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> harmonised("text", "'x'", List.of("negate"), Map.of()));
    assertEquals(
        "'negate' needs a number, not text; give the column such a type", refusal.getMessage());
  }
}
