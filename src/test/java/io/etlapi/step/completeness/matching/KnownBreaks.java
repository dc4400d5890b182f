package io.etlapi.step.completeness.matching;

import io.etlapi.step.completeness.control.ColumnType;
import io.etlapi.step.completeness.control.Comparison;
import io.etlapi.step.completeness.control.MatchRules;
import io.etlapi.step.completeness.control.Pass;
import io.etlapi.step.completeness.control.Side;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Two sides of a trade control with breaks whose number and sums are known, because they were put
 * in: what happens to each record is drawn first, by seed, in exact numbers. Rows come out one by
 * one, so a million need no memory.
 */
public final class KnownBreaks {

  /** What happens to one record in a thousand, {@code count} times in a thousand. */
  enum Fate {
    MISSING_IN_TGT(5),
    MISSING_IN_SRC(4),
    /** One cent apart, which the tolerance still allows. */
    AT_TOLERANCE(6),
    /** Two cents apart. */
    BEYOND_TOLERANCE(3),
    /** Two days late, which the tolerance still allows. */
    AT_DAYS(3),
    /** Three days late. */
    BEYOND_DAYS(2),
    TWICE_IN_SRC(2),
    TWICE_IN_TGT(3),
    /** Arrives under another reference. */
    REKEYED(2),
    /** Arrives in other case and with spaces around. */
    REFORMATTED(4),
    NULL_KEY_IN_SRC(1),
    NULL_KEY_IN_TGT(1),
    /** Arrives in another currency. */
    OTHER_CURRENCY(1),
    /** Arrives in three parts. */
    SPLIT(2),
    /** Arrives with the counterparty changed, which no tolerance covers. */
    CHANGED(3),
    SAME(958);

    final int count;

    Fate(int count) {
      this.count = count;
    }
  }

  /** Takes the rows as they are made. */
  public interface Sink {
    void row(Side side, @Nullable String... values);
  }

  static final List<MatchField> FIELDS =
      List.of(
          new MatchField("trade_ref", ColumnType.TEXT),
          new MatchField("trade_date", ColumnType.DATE),
          new MatchField("currency", ColumnType.TEXT),
          new MatchField("amount", ColumnType.decimal(18, 2)),
          new MatchField("party", ColumnType.TEXT));

  private static final String[] CURRENCIES = {"EUR", "USD"};

  private final Random random;
  private final Fate[] fates;
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, BigDecimal> sums = new TreeMap<>();
  private final Map<Side, Long> rows = new TreeMap<>();

  /**
   * Breaks among so many records.
   *
   * @param records a multiple of 1,000
   */
  public KnownBreaks(long seed, int records) {
    this.random = new Random(seed);
    List<Fate> thousand = new ArrayList<>();
    for (Fate fate : Fate.values()) {
      for (int i = 0; i < fate.count; i++) {
        thousand.add(fate);
      }
    }
    fates = new Fate[records];
    Arrays.setAll(fates, i -> thousand.get(i % thousand.size()));
    for (int i = records - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      Fate fate = fates[i];
      fates[i] = fates[j];
      fates[j] = fate;
    }
  }

  static MatchModel model() {
    Comparison amount = compare("amount", Comparison.Kind.EXACT, "0");
    Comparison date = compare("trade_date", Comparison.Kind.EXACT, "0");
    Comparison party = compare("party", Comparison.Kind.TEXT, "0");
    Comparison late = compare("trade_date", Comparison.Kind.DAYS, "2");
    Comparison cent = compare("amount", Comparison.Kind.ABSOLUTE, "0.01");
    Comparison nothing = compare("amount", Comparison.Kind.ABSOLUTE, "0.00");
    List<String> key = List.of("trade_ref");
    return new MatchModel(
        FIELDS,
        FIELDS.size(),
        new MatchRules(
            key,
            List.of("currency"),
            List.of("amount"),
            List.of(
                new Pass(
                    "exact",
                    Pass.Cardinality.ONE_TO_ONE,
                    key,
                    List.of(amount, date, compare("party", Comparison.Kind.EXACT, "0"))),
                new Pass("format", Pass.Cardinality.ONE_TO_ONE, key, List.of(amount, date, party)),
                new Pass("rounding", Pass.Cardinality.ONE_TO_ONE, key, List.of(cent, date, party)),
                new Pass("late", Pass.Cardinality.ONE_TO_ONE, key, List.of(amount, late, party)),
                new Pass(
                    "split", Pass.Cardinality.ONE_TO_MANY, key, List.of(nothing, late, party)))));
  }

  private static Comparison compare(String field, Comparison.Kind kind, String tolerance) {
    return new Comparison(field, kind, new BigDecimal(tolerance), Comparison.Base.SRC);
  }

  /** Makes all rows; what is expected is known afterwards. */
  public void write(Sink sink) {
    for (int i = 0; i < fates.length; i++) {
      write(i, fates[i], sink);
    }
  }

  private void write(int number, Fate fate, Sink sink) {
    String ref = "T%09d".formatted(number);
    LocalDate date = LocalDate.of(2024, 1, 1).plusDays(random.nextInt(28));
    String currency = CURRENCIES[random.nextInt(2)];
    BigDecimal amount = BigDecimal.valueOf(random.nextInt(2_000_000_00) - 1_000_000_00, 2);
    String party = "Party " + random.nextInt(500);
    Row src = new Row(ref, date, currency, amount, party);
    switch (fate) {
      case SAME -> both("exact", sink, src, src);
      case AT_TOLERANCE -> both("rounding", sink, src, src.plus("0.01"));
      case AT_DAYS -> both("late", sink, src, src.later(2));
      case REFORMATTED ->
          both("format", sink, src, src.of(" " + party.toUpperCase(Locale.ROOT) + "  "));
      case BEYOND_TOLERANCE -> value(sink, src, src.plus("-0.02"));
      case BEYOND_DAYS -> value(sink, src, src.later(-3));
      case CHANGED -> value(sink, src, src.of("Other " + party));
      case MISSING_IN_TGT -> alone("MISSING_IN_TGT", Side.SRC, sink, src);
      case MISSING_IN_SRC -> alone("MISSING_IN_SRC", Side.TGT, sink, src);
      case NULL_KEY_IN_SRC -> alone("KEY_NULL", Side.SRC, sink, src.named(null));
      case NULL_KEY_IN_TGT -> alone("KEY_NULL", Side.TGT, sink, src.named(null));
      case TWICE_IN_SRC -> {
        both("exact", sink, src, src);
        alone("DUPLICATE_IN_SRC", Side.SRC, sink, src);
      }
      case TWICE_IN_TGT -> {
        both("exact", sink, src, src);
        alone("DUPLICATE_IN_TGT", Side.TGT, sink, src.plus("5.00"));
      }
      case REKEYED -> {
        alone("MISSING_IN_TGT", Side.SRC, sink, src);
        alone("MISSING_IN_SRC", Side.TGT, sink, src.named("X" + ref));
      }
      case OTHER_CURRENCY -> {
        alone("MISSING_IN_TGT", Side.SRC, sink, src);
        alone("MISSING_IN_SRC", Side.TGT, sink, src.in(currency.equals("EUR") ? "USD" : "EUR"));
      }
      case SPLIT -> {
        count("split");
        emit(Side.SRC, sink, src);
        BigDecimal third = amount.divide(BigDecimal.valueOf(3), 2, RoundingMode.DOWN);
        emit(Side.TGT, sink, src.worth(third));
        emit(Side.TGT, sink, src.worth(third).later(1));
        emit(Side.TGT, sink, src.worth(amount.subtract(third).subtract(third)).later(2));
      }
    }
  }

  private void both(String pass, Sink sink, Row src, Row tgt) {
    count(pass);
    emit(Side.SRC, sink, src);
    emit(Side.TGT, sink, tgt);
  }

  private void value(Sink sink, Row src, Row tgt) {
    count("VALUE");
    sum("VALUE", src.currency, src.amount.subtract(tgt.amount));
    emit(Side.SRC, sink, src);
    emit(Side.TGT, sink, tgt);
  }

  private void alone(String category, Side side, Sink sink, Row row) {
    count(category);
    sum(category, row.currency, side == Side.SRC ? row.amount : row.amount.negate());
    emit(side, sink, row);
  }

  private void emit(Side side, Sink sink, Row row) {
    rows.merge(side, 1L, Long::sum);
    sink.row(
        side, row.ref, row.date.toString(), row.currency, row.amount.toPlainString(), row.party);
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  private void sum(String category, String currency, BigDecimal difference) {
    sums.merge(category + " " + currency, difference, BigDecimal::add);
  }

  /** Matches by pass and breaks by category. */
  public Map<String, Long> counts() {
    return counts;
  }

  /** The sum of SRC - TGT by category and currency. */
  public Map<String, BigDecimal> sums() {
    return sums;
  }

  public long rows(Side side) {
    return rows.getOrDefault(side, 0L);
  }

  private record Row(
      @Nullable String ref, LocalDate date, String currency, BigDecimal amount, String party) {

    Row plus(String more) {
      return worth(amount.add(new BigDecimal(more)));
    }

    Row worth(BigDecimal other) {
      return new Row(ref, date, currency, other, party);
    }

    Row later(int days) {
      return new Row(ref, date.plusDays(days), currency, amount, party);
    }

    Row of(String other) {
      return new Row(ref, date, currency, amount, other);
    }

    Row named(@Nullable String other) {
      return new Row(other, date, currency, amount, party);
    }

    Row in(String other) {
      return new Row(ref, date, other, amount, party);
    }
  }
}
