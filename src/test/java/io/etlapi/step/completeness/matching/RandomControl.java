package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes match rules and rows that meet every rule often: few values, many nulls and near misses.
 */
final class RandomControl {

  /** Tells cases apart; always grouped by, so cases never meet. */
  static final String CASE = "case_no";

  private static final List<MatchField> FIELDS =
      List.of(
          new MatchField(CASE, ColumnType.TEXT),
          new MatchField("ref", ColumnType.TEXT),
          new MatchField("ccy", ColumnType.TEXT),
          new MatchField("amount", ColumnType.decimal(18, 2)),
          new MatchField("qty", ColumnType.INTEGER),
          new MatchField("day", ColumnType.DATE),
          new MatchField("name", ColumnType.TEXT),
          new MatchField("desk", ColumnType.TEXT),
          new MatchField("fee", ColumnType.decimal(9, 3)));

  private static final String[] NAMES = {
    "Ann", "ann", " ANN ", "Bob", "", "\uD83D\uDE00", "\uFFFD", "bob "
  };

  private static final List<Comparison.Base> BASES = List.of(Comparison.Base.values());

  private static final List<Pass.Cardinality> CARDINALITIES = List.of(Pass.Cardinality.values());

  private final Random random;

  RandomControl(long seed) {
    this.random = new Random(seed);
  }

  MatchModel model() {
    List<String> key = random.nextInt(3) == 0 ? List.of("ref", "name") : List.of("ref");
    List<String> group = random.nextBoolean() ? List.of(CASE, "ccy") : List.of(CASE);
    List<Pass> passes = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      passes.add(pass("p" + i, key));
    }
    return new MatchModel(FIELDS, 7, new MatchRules(key, group, List.of("amount"), passes));
  }

  private Pass pass(String id, List<String> key) {
    List<String> on =
        switch (random.nextInt(4)) {
          case 0 -> List.of("desk");
          case 1 -> List.of("ref", "day");
          default -> key;
        };
    List<Comparison> compare = new ArrayList<>();
    List<String> fields = new ArrayList<>(List.of("amount", "qty", "day", "name", "desk", "fee"));
    Collections.shuffle(fields, random);
    for (String field : fields.subList(0, random.nextInt(4))) {
      compare.add(comparison(field));
    }
    return new Pass(
        id,
        random.nextBoolean()
            ? Pass.Cardinality.ONE_TO_ONE
            : CARDINALITIES.get(random.nextInt(CARDINALITIES.size())),
        on,
        compare);
  }

  private Comparison comparison(String field) {
    Comparison.Base base = BASES.get(random.nextInt(BASES.size()));
    return switch (field) {
      case "amount", "qty", "fee" ->
          switch (random.nextInt(4)) {
            case 0 -> exact(field, Comparison.Kind.EXACT);
            case 1 ->
                new Comparison(field, Comparison.Kind.PERCENT, tolerance("1", "10", "0.5"), base);
            default ->
                new Comparison(
                    field,
                    Comparison.Kind.ABSOLUTE,
                    tolerance("0.01", "1", "0"),
                    Comparison.Base.SRC);
          };
      case "day" ->
          random.nextInt(3) == 0
              ? exact(field, Comparison.Kind.EXACT)
              : new Comparison(
                  field, Comparison.Kind.DAYS, tolerance("1", "2", "0"), Comparison.Base.SRC);
      default -> exact(field, random.nextBoolean() ? Comparison.Kind.EXACT : Comparison.Kind.TEXT);
    };
  }

  private static Comparison exact(String field, Comparison.Kind kind) {
    return new Comparison(field, kind, BigDecimal.ZERO, Comparison.Base.SRC);
  }

  private BigDecimal tolerance(String... choices) {
    return new BigDecimal(choices[random.nextInt(choices.length)]);
  }

  /** The rows of one case; some target rows are copies of source rows, or nearly so. */
  List<MatchRow> rows(String caseName) {
    List<MatchRow> rows = new ArrayList<>();
    int src = random.nextInt(7);
    for (int i = 0; i < src; i++) {
      MatchRow row = row(caseName, Side.SRC);
      rows.add(row);
      if (random.nextInt(3) > 0) {
        rows.add(nearly(row).on(Side.TGT));
      }
      if (random.nextInt(5) == 0) {
        rows.add(nearly(row));
      }
    }
    int tgt = random.nextInt(4);
    for (int i = 0; i < tgt; i++) {
      rows.add(row(caseName, Side.TGT));
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  private MatchRow row(String caseName, Side side) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put(CASE, caseName);
    for (MatchField field : FIELDS.subList(1, FIELDS.size())) {
      values.put(field.name(), value(field.name()));
    }
    return new MatchRow(side, values);
  }

  private MatchRow nearly(MatchRow row) {
    MatchRow near = row.on(row.side()); // a row of its own, even if nothing changes
    int changes = random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      String field = FIELDS.get(1 + random.nextInt(FIELDS.size() - 1)).name();
      near = near.with(field, value(field));
    }
    return near;
  }

  private @Nullable Object value(String field) {
    if (random.nextInt(12) == 0) {
      return null;
    }
    return switch (field) {
      case "ref" -> "R" + random.nextInt(3);
      case "ccy" -> random.nextBoolean() ? "EUR" : "USD";
      case "amount" ->
          BigDecimal.valueOf(
              new long[] {100, 101, 102, 110, 0, -100, 10_000}[random.nextInt(7)], 2);
      case "qty" -> (long) random.nextInt(4) - 1;
      case "day" -> LocalDate.of(2024, 2, 28).plusDays(random.nextInt(4));
      case "name" -> NAMES[random.nextInt(NAMES.length)];
      case "desk" -> "D" + random.nextInt(2);
      case "fee" -> BigDecimal.valueOf(random.nextInt(5) * 5L, 3);
      default -> throw new IllegalArgumentException(field);
    };
  }
}
