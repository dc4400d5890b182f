package io.etlapi.step.completeness.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tolerances are decided in the engine, in the sweep and for people: always the same way. */
class ComparisonTest {

  private static final List<ColumnType> TYPES =
      List.of(
          ColumnType.decimal(18, 2),
          ColumnType.decimal(38, 10),
          ColumnType.INTEGER,
          ColumnType.DATE,
          ColumnType.TIMESTAMP);

  private final Path folder;

  ComparisonTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theEngineTheSweepAndTheExplanationAgree() throws Exception {
    Random random = new Random(42);
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (ColumnType type : TYPES) {
        for (Comparison compare : comparisons(type)) {
          for (int i = 0; i < 25; i++) {
            agree(engine, compare, type, value(random, type), value(random, type));
          }
        }
      }
    }
  }

  @Test
  void boundsAreInclusiveToTheLastDigit() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      ColumnType money = ColumnType.decimal(18, 2);
      Comparison cent = compare(Comparison.Kind.ABSOLUTE, "0.01", Comparison.Base.SRC);
      assertEquals(true, agree(engine, cent, money, "10.00", "10.01"));
      assertEquals(true, agree(engine, cent, money, "-0.01", "0.00"));
      assertEquals(false, agree(engine, cent, money, "10.00", "10.02"));
      Comparison percent = compare(Comparison.Kind.PERCENT, "0.5", Comparison.Base.SRC);
      assertEquals(true, agree(engine, percent, money, "200.00", "201.00"));
      assertEquals(false, agree(engine, percent, money, "200.00", "201.01"));
      assertEquals(false, agree(engine, percent, money, "0.00", "0.01"));
      Comparison ofTgt = compare(Comparison.Kind.PERCENT, "100", Comparison.Base.TGT);
      assertEquals(true, agree(engine, ofTgt, money, "0.00", "-5.00"));
      assertEquals(false, agree(engine, ofTgt, money, "-5.00", "0.00"));
      Comparison days = compare(Comparison.Kind.DAYS, "1", Comparison.Base.SRC);
      assertEquals(
          true,
          agree(engine, days, ColumnType.TIMESTAMP, "2024-02-28 00:00:01", "2024-02-29 23:59:59"));
      assertEquals(false, agree(engine, days, ColumnType.DATE, "2024-02-28", "2024-03-01"));
    }
  }

  @Test
  void twoNullsAgreeAndANullWithAValueDoesNot() throws Exception {
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      for (ColumnType type : TYPES) {
        for (Comparison compare : comparisons(type)) {
          assertEquals(true, agree(engine, compare, type, null, null));
          assertEquals(false, agree(engine, compare, type, null, value(new Random(1), type)));
        }
      }
    }
  }

  @Test
  void aSweepOverManyPagesPairsEveryRowWithItsNeighbour() throws Exception {
    MatchField field = new MatchField("amount", ColumnType.decimal(18, 2));
    MatchField key = new MatchField("ref", ColumnType.TEXT);
    Comparison cent =
        new Comparison(
            "amount", Comparison.Kind.ABSOLUTE, new BigDecimal("0.01"), Comparison.Base.SRC);
    MatchModel model =
        new MatchModel(
            List.of(key, field),
            2,
            new MatchRules(
                List.of("ref"),
                List.of(),
                List.of("amount"),
                List.of(
                    new Pass("near", Pass.Cardinality.ONE_TO_ONE, List.of("ref"), List.of(cent)))));
    List<MatchRow> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      for (Side side : Side.values()) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("ref", "one");
        values.put("amount", BigDecimal.valueOf(i * 10L + (side == Side.SRC ? 0 : 1), 2));
        rows.add(new MatchRow(side, values));
      }
    }
    try (MatchingEngine engine = new MatchingEngine(folder)) {
      engine.run(model, rows);
      assertEquals(40_000, engine.session.number("SELECT count(*) FROM matches"));
      Proof proof = engine.prove(model);
      assertEquals(Verdict.CLEAN, proof.verdict(), () -> proof.reasons().toString());
    }
  }

  private static List<Comparison> comparisons(ColumnType type) {
    List<Comparison> all = new ArrayList<>();
    if (type.isNumeric()) {
      all.add(compare(Comparison.Kind.ABSOLUTE, "0.01", Comparison.Base.SRC));
      all.add(compare(Comparison.Kind.ABSOLUTE, "3", Comparison.Base.SRC));
      for (Comparison.Base base : Comparison.Base.values()) {
        all.add(compare(Comparison.Kind.PERCENT, "12.5", base));
      }
    } else {
      all.add(compare(Comparison.Kind.DAYS, "1", Comparison.Base.SRC));
      all.add(compare(Comparison.Kind.DAYS, "0", Comparison.Base.SRC));
    }
    return all;
  }

  private static Comparison compare(Comparison.Kind kind, String tolerance, Comparison.Base base) {
    return new Comparison("f", kind, new BigDecimal(tolerance), base);
  }

  private static @Nullable String value(Random random, ColumnType type) {
    return switch (type.kind()) {
      case DECIMAL ->
          new BigDecimal(random.nextInt(21) - 10)
              .setScale(type.scale())
              .add(BigDecimal.valueOf(random.nextInt(3), type.scale()))
              .toPlainString();
      case INTEGER -> Integer.toString(random.nextInt(21) - 10);
      case DATE -> "2024-02-" + (26 + random.nextInt(4));
      case TIMESTAMP ->
          "1969-12-" + (28 + random.nextInt(4)) + " 0" + random.nextInt(10) + ":30:00.123456";
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** What all three say, which must be the same. */
  private static boolean agree(
      MatchingEngine engine,
      Comparison compare,
      ColumnType type,
      @Nullable String src,
      @Nullable String tgt) {
    MatchField field = new MatchField("f", type);
    String values = "(SELECT CAST($1 AS %1$s) AS s, CAST($2 AS %1$s) AS t)".formatted(type.sql());
    String read =
        switch (type.kind()) {
          case INTEGER -> "CAST(%1$s AS DECIMAL(38, 0))";
          case DATE -> "CAST(%1$s - DATE '1970-01-01' AS BIGINT)";
          case TIMESTAMP -> "epoch_us(%1$s)";
          default -> "%1$s";
        };
    boolean[] engineSays = new boolean[1];
    List<SweptRow> swept = new ArrayList<>();
    engine.session.forEach(
        "SELECT %s, %s, %s FROM %s"
            .formatted(
                FieldSql.agree(compare, field, "s", "t"),
                read.formatted("s"),
                read.formatted("t"),
                values),
        row -> {
          engineSays[0] = row.flag(1);
          for (int column = 2; column <= 3; column++) {
            swept.add(
                new SweptRow(1, column, new Comparable<?>[] {SweptRow.value(row.value(column))}));
          }
        },
        src,
        tgt);
    boolean sweepSays =
        SweptRow.agree(
            swept.get(0), swept.get(1), List.of(new SweptRow.Rule(compare, 0, type.kind())));
    boolean peopleRead = ValueComparison.of(compare, field, src, tgt).holds();
    String what = compare + " of " + type.word() + ": " + src + " and " + tgt;
    assertEquals(engineSays[0], sweepSays, what);
    assertEquals(engineSays[0], peopleRead, what);
    return engineSays[0];
  }
}
