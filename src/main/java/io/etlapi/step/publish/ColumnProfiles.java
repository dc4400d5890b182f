package io.etlapi.step.publish;

import static io.etlapi.engine.SqlIdentifier.quote;

import io.etlapi.engine.DuckDbSession;
import io.etlapi.engine.Row;
import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.LogicalType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exact figures of a table's columns: counts, the ten most frequent values, a summary and, for
 * numbers, a distribution over 20 bins. Each column is grouped once and everything is computed from
 * its groups, which may spill to disk; approximate counts were measured to be wrong by tens of
 * percent. Standard deviations are those of a sample (divided by n - 1).
 */
final class ColumnProfiles {

  private static final String GROUPS = "__etl_profile";
  private static final int BINS = 20;
  private static final int TOP_VALUES = 10;
  private static final int MAX_VALUE_LENGTH = 1_000;

  /** Hears before each column how many are done. */
  interface Progress {
    void columnsDone(int done, int all) throws InterruptedException;
  }

  private final DuckDbSession session;

  ColumnProfiles(DuckDbSession session) {
    this.session = session;
  }

  /**
   * One profile a column, as JSON values.
   *
   * @param relation a table or view whose columns have the types that they mean
   */
  List<Map<String, @Nullable Object>> of(
      String relation, List<DatasetColumn> columns, Progress progress) throws InterruptedException {
    List<Map<String, @Nullable Object>> profiles = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      progress.columnsDone(i, columns.size());
      profiles.add(profile(relation, columns.get(i)));
    }
    session.execute("DROP TABLE IF EXISTS " + GROUPS);
    return profiles;
  }

  private Map<String, @Nullable Object> profile(String relation, DatasetColumn column) {
    session.execute(
        "CREATE OR REPLACE TEMP TABLE %s AS SELECT %s AS v, count(*) AS n FROM %s GROUP BY 1"
            .formatted(GROUPS, quote(column.name()), relation));
    Map<String, @Nullable Object> profile = new LinkedHashMap<>();
    profile.put("column_name", column.name());
    profile.put("data_type", dataType(column.type()));
    profile.put("logical_type", column.type().toString());
    session.forEach(
        """
        SELECT coalesce(sum(n), 0)::BIGINT, coalesce(sum(n) FILTER (v IS NULL), 0)::BIGINT, count(v)
        FROM %s
        """
            .formatted(GROUPS),
        row -> {
          profile.put("total_values", row.integer(1));
          profile.put("null_values", row.integer(2));
          profile.put("unique_values", row.integer(3));
        });
    profile.put("top_values", topValues(column.type()));
    if (column.type().isNumber()) {
      summariseNumbers(profile);
    } else if (column.type().isText()) {
      profile.put("summary", lengths());
    } else {
      profile.put("summary", range(column.type()));
    }
    return profile;
  }

  private static String dataType(LogicalType type) {
    return switch (type.kind()) {
      case INTEGER, DECIMAL, DOUBLE -> "numeric";
      case TEXT -> "text";
      case BOOLEAN -> "boolean";
      case DATE -> "date";
      case TIMESTAMP -> "timestamp";
    };
  }

  /** Most frequent first; equally frequent ones by value, so that the list is always the same. */
  private List<Map<String, @Nullable Object>> topValues(LogicalType type) {
    String value = type.isText() ? "left(v, " + MAX_VALUE_LENGTH + ")" : Cells.display("v", type);
    return session.query(
        "SELECT %s, n FROM (SELECT v, n FROM %s WHERE v IS NOT NULL ORDER BY n DESC, v LIMIT %d)"
            .formatted(value, GROUPS, TOP_VALUES),
        row -> {
          Map<String, @Nullable Object> top = new LinkedHashMap<>();
          top.put("value", JsonValues.of(row.value(1)));
          top.put("count", row.integer(2));
          return top;
        });
  }

  private Map<String, @Nullable Object> lengths() {
    return session
        .query(
            """
            SELECT min(length(v)), max(length(v)), fsum(length(v)::DOUBLE * n) / sum(n)
            FROM %s WHERE v IS NOT NULL
            """
                .formatted(GROUPS),
            row -> named(row, "min_length", "max_length", "avg_length"))
        .get(0);
  }

  private Map<String, @Nullable Object> range(LogicalType type) {
    return session
        .query(
            "SELECT %s, %s FROM (SELECT min(v) AS low, max(v) AS high FROM %s)"
                .formatted(Cells.display("low", type), Cells.display("high", type), GROUPS),
            row -> named(row, "min", "max"))
        .get(0);
  }

  /** NaN and infinities are counted apart: one of them would make every figure useless. */
  private void summariseNumbers(Map<String, @Nullable Object> profile) {
    session.execute(
        """
        CREATE OR REPLACE TEMP VIEW %s_finite AS
        SELECT v, n FROM %s WHERE v IS NOT NULL AND isfinite(v::DOUBLE)
        """
            .formatted(GROUPS, GROUPS));
    String finite = GROUPS + "_finite";
    long count = session.number("SELECT coalesce(sum(n), 0)::BIGINT FROM " + finite);
    long present =
        session.number(
            "SELECT coalesce(sum(n), 0)::BIGINT FROM " + GROUPS + " WHERE v IS NOT NULL");
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    List<Double> ends = new ArrayList<>();
    session.forEach(
        "SELECT min(v), max(v), fsum(v::DOUBLE * n) / sum(n), min(v)::DOUBLE, max(v)::DOUBLE FROM "
            + finite,
        row -> {
          summary.putAll(named(row, "min", "max", "mean"));
          // A sum beyond the range of a double says nothing about the mean.
          summary.computeIfPresent("mean", (key, mean) -> mean instanceof Double ? mean : null);
          summary.putIfAbsent("mean", null);
          if (row.value(4) instanceof Double low && row.value(5) instanceof Double high) {
            ends.add(low);
            ends.add(high);
          }
        });
    summary.put("median", median(finite, count));
    summary.put("std_dev", deviation(finite, count, summary.get("mean")));
    if (present > count) {
      summary.put("non_finite_values", present - count);
    }
    profile.put("summary", summary);
    profile.put(
        "distribution", ends.isEmpty() ? null : distribution(finite, ends.get(0), ends.get(1)));
  }

  /** The middle value, or the mean of the two middle ones. */
  private @Nullable Object median(String finite, long count) {
    if (count == 0) {
      return null;
    }
    long lower = (count + 1) / 2;
    long upper = count / 2 + 1;
    boolean unique = session.number("SELECT count(*) FROM " + finite) == count;
    String select =
        unique
            ? """
            SELECT avg(v::DOUBLE) FROM
              (SELECT v FROM %1$s ORDER BY v LIMIT %4$d OFFSET %5$d)
            """
            : """
            WITH ranked AS (
              SELECT v, sum(n) OVER (ORDER BY v ROWS UNBOUNDED PRECEDING) AS upto FROM %1$s)
            SELECT (min(v) FILTER (upto >= %2$d)::DOUBLE
              + min(v) FILTER (upto >= %3$d)::DOUBLE) / 2
            FROM ranked
            """;
    return session
        .query(
            select.formatted(finite, lower, upper, upper - lower + 1, lower - 1),
            row -> named(row, "median"))
        .get(0)
        .get("median");
  }

  /** Two passes: sums of squares would lose all digits where the mean is large. */
  private @Nullable Object deviation(String finite, long count, @Nullable Object mean) {
    if (count < 2 || !(mean instanceof Double centre)) {
      return null;
    }
    return session
        .query(
            "SELECT sqrt(fsum(n * (v::DOUBLE - $1) * (v::DOUBLE - $1)) / ($2 - 1)) FROM " + finite,
            row -> named(row, "std_dev"),
            centre,
            count)
        .get(0)
        .get("std_dev");
  }

  private @Nullable Map<String, @Nullable Object> distribution(
      String finite, double min, double max) {
    // A single value gets the bins that NumPy gives it: half a unit to each side.
    double low = min == max ? min - 0.5 : min;
    double high = min == max ? max + 0.5 : max;
    double width = (high - low) / BINS;
    if (!Double.isFinite(width) || width == 0) {
      return null;
    }
    long[] counts = new long[BINS];
    session.forEach(
        """
        SELECT greatest(0, least(%d, floor((v::DOUBLE - $1) / $2)))::INTEGER, sum(n)::BIGINT
        FROM %s GROUP BY 1
        """
            .formatted(BINS - 1, finite),
        row -> counts[(int) row.integer(1)] = row.integer(2),
        low,
        width);
    List<Object> edges = new ArrayList<>();
    List<Object> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      edges.add(low + i * width);
      bins.add(counts[i]);
    }
    edges.add(high);
    Map<String, @Nullable Object> distribution = new LinkedHashMap<>();
    distribution.put("bins", (long) BINS);
    distribution.put("bin_edges", edges);
    distribution.put("bin_counts", bins);
    return distribution;
  }

  private static Map<String, @Nullable Object> named(Row row, String... names) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      values.put(names[i], JsonValues.of(row.value(i + 1)));
    }
    return values;
  }
}
