package io.etlapi.step.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.engine.Column;
import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.TableAppender;
import io.etlapi.step.StepBench;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TypeInferenceTest {

  private DuckDbSession session;

  @BeforeEach
  void setUp(@TempDir Path folder) throws Exception {
    session = new StepBench(folder).engine().open(List.of(), folder);
  }

  @AfterEach
  void tearDown() {
    session.close();
  }

  private LogicalType infer(@Nullable String... values) {
    session.execute("CREATE OR REPLACE TABLE t (v VARCHAR)");
    try (TableAppender appender = session.appender("t")) {
      for (String value : values) {
        appender.row(value);
      }
    }
    return TypeInference.infer(session, "t", List.of(new Column("v", "VARCHAR"))).get(0).type();
  }

  @Test
  void numbersAreNumbersOnlyIfTheySurviveTheRoundTrip() {
    assertEquals(LogicalType.INTEGER, infer("0", "-7", "999999999999999999"));
    assertEquals(LogicalType.decimal(19, 0), infer("1", "1000000000000000000"));
    assertEquals(LogicalType.decimal(38, 0), infer("9".repeat(38)));
    assertEquals(LogicalType.TEXT, infer("9".repeat(39)));
    assertEquals(LogicalType.decimal(5, 2), infer("1", "100.5", "-0.25"));
    assertEquals(LogicalType.decimal(1, 1), infer("0.5"));
    assertEquals(LogicalType.decimal(38, 37), infer("1." + "1".repeat(37)));
    assertEquals(LogicalType.TEXT, infer("1." + "1".repeat(38)));
    assertEquals(LogicalType.TEXT, infer("12345678901234567890", "0." + "1".repeat(30)));
  }

  @Test
  void whatLooksLikeANumberButIsNotStaysText() {
    for (String value :
        List.of(
            "007", "+1", "1e5", "1.", ".5", "-0", "-0.00", "1,000", " 1", "1 ", "0x10", "NaN",
            "inf", "١", "--1", "1.2.3", "-", "00", "01.5")) {
      assertEquals(LogicalType.TEXT, infer("1", value), value);
    }
  }

  @Test
  void datesMustBeIsoAndExist() {
    assertEquals(LogicalType.DATE, infer("2024-02-29", "1999-12-31"));
    for (String value :
        List.of(
            "2023-02-29",
            "2024-2-1",
            "01/02/2024",
            "2024-13-01",
            "2024-00-10",
            "infinity",
            "2024-01-01 ")) {
      assertEquals(LogicalType.TEXT, infer("2024-01-01", value), value);
    }
  }

  @Test
  void timestampsMustBeIsoAndLoseNothing() {
    assertEquals(LogicalType.TIMESTAMP, infer("2024-01-01T10:00:00", "2024-01-01 23:59:59.123456"));
    assertEquals(LogicalType.TIMESTAMP, infer("2024-01-01T10:00:00Z", "2024-01-01 10:00"));
    for (String value :
        List.of(
            "2024-01-01T10:00:00+02:00",
            "2024-01-01T24:00:00",
            "2024-01-01T10:60",
            "2024-01-01T10:00Z",
            "2024-01-01T10:00:00.1234567",
            "2024-02-30T10:00")) {
      assertEquals(LogicalType.TEXT, infer("2024-01-01T10:00:00", value), value);
    }
  }

  @Test
  void booleansAreTrueAndFalseAndNothingElse() {
    assertEquals(LogicalType.BOOLEAN, infer("true", null, "false"));
    assertEquals(LogicalType.TEXT, infer("true", "yes"));
    assertEquals(LogicalType.TEXT, infer("True"));
    assertEquals(LogicalType.INTEGER, infer("1", "0"));
  }

  @Test
  void aColumnWithoutValuesIsTextAndAnEmptyTextIsNoValue() {
    assertEquals(LogicalType.TEXT, infer());
    assertEquals(LogicalType.TEXT, infer(null, null));
    assertEquals(LogicalType.TEXT, infer("", ""));
    assertEquals(LogicalType.INTEGER, infer("", "1", null));
  }

  @Test
  void oneValueFarDownDecides() {
    String[] values = new String[10_000];
    java.util.Arrays.fill(values, "12");
    values[9_999] = "n/a";
    assertEquals(LogicalType.TEXT, infer(values));
    values[9_999] = "1.25";
    assertEquals(LogicalType.decimal(4, 2), infer(values));
  }

  @Test
  void storedTypesAreTakenAsTheyAre() {
    assertEquals(
        List.of(LogicalType.INTEGER, LogicalType.decimal(9, 3), LogicalType.DATE),
        TypeInference.infer(
                session,
                "(SELECT 1::SMALLINT a, 1::DECIMAL(9,3) b, DATE '2024-01-01' c)",
                List.of(
                    new Column("a", "SMALLINT"),
                    new Column("b", "DECIMAL(9,3)"),
                    new Column("c", "DATE")))
            .stream()
            .map(DatasetColumn::type)
            .toList());
  }

  /** The rule itself, said again in Java: the text of the typed value is worth the same. */
  @Test
  void everyInferredColumnHoldsExactlyTheValuesOfItsText() {
    Random random = new Random(7);
    for (int round = 0; round < 250; round++) {
      List<String> values = new ArrayList<>();
      int kind = random.nextInt(4);
      for (int i = 0; i < 8; i++) {
        values.add(
            switch (kind) {
              case 0 -> new java.math.BigInteger(random.nextInt(140), random).toString();
              case 1 ->
                  new BigDecimal(
                          new java.math.BigInteger(random.nextInt(120), random), random.nextInt(20))
                      .toPlainString();
              case 2 -> LocalDate.ofEpochDay(random.nextInt(60_000) - 20_000).toString();
              default -> Integer.toString(random.nextInt()) + (random.nextInt(9) == 0 ? "x" : "");
            });
      }
      LogicalType type = infer(values.toArray(new String[0]));
      List<String> typed =
          session.query(
              "SELECT CAST(" + type.cast("v") + " AS VARCHAR) FROM t ORDER BY rowid",
              row -> String.valueOf(row.text(1)));
      for (int i = 0; i < values.size(); i++) {
        if (type.isNumber()) {
          assertEquals(
              0, new BigDecimal(values.get(i)).compareTo(new BigDecimal(typed.get(i))), type + "");
        } else {
          assertEquals(values.get(i), typed.get(i), type.toString());
        }
      }
      boolean accepted =
          session
              .query("SELECT bool_and(" + type.accepts("v") + ") FROM t", row -> row.flag(1))
              .get(0);
      assertTrue(accepted, "the strict cast takes what was inferred: " + type + values);
    }
  }

  private boolean accepts(LogicalType type, String value) {
    return session
        .query("SELECT " + type.accepts("CAST($1 AS VARCHAR)"), row -> row.flag(1), value)
        .get(0);
  }

  @Test
  void aTypeThatIsAskedForTakesOnlyWhatItHoldsWithoutLoss() {
    assertTrue(accepts(LogicalType.INTEGER, " 007 "));
    assertTrue(!accepts(LogicalType.INTEGER, "1.5"));
    assertTrue(!accepts(LogicalType.INTEGER, "1.0"));
    assertTrue(!accepts(LogicalType.INTEGER, "9223372036854775808"));
    assertTrue(accepts(LogicalType.decimal(5, 2), "+123.4500"));
    assertTrue(!accepts(LogicalType.decimal(5, 2), "123.451"));
    assertTrue(!accepts(LogicalType.decimal(5, 2), "1234.00"));
    assertTrue(accepts(LogicalType.decimal(5, 0), "7."));
    assertTrue(!accepts(LogicalType.decimal(5, 0), "."));
    assertTrue(!accepts(LogicalType.decimal(5, 0), ".5"));
    assertTrue(accepts(LogicalType.decimal(5, 0), ".0"));
    assertTrue(!accepts(LogicalType.DATE, "2024/01/05"));
    assertTrue(accepts(LogicalType.BOOLEAN, "TRUE"));
    assertTrue(!accepts(LogicalType.BOOLEAN, "1"));
    assertTrue(accepts(LogicalType.DOUBLE, "1e300"));
    assertTrue(!accepts(LogicalType.DOUBLE, "x"));
    assertTrue(accepts(LogicalType.DATE, ""));
  }

  @Test
  void typesAreSpelledAsManifestsAndRequestsSpellThem() {
    for (String word :
        List.of("text", "integer", "decimal(18,2)", "double", "boolean", "date", "timestamp")) {
      assertEquals(word, LogicalType.parse(word).orElseThrow().toString());
    }
    assertEquals(LogicalType.decimal(18, 2), LogicalType.parse(" DECIMAL( 18 , 2 )").orElseThrow());
    for (String word :
        List.of("money", "decimal", "decimal(39,2)", "decimal(2,3)", "decimal(0,0)")) {
      assertTrue(LogicalType.parse(word).isEmpty(), word);
    }
  }
}
