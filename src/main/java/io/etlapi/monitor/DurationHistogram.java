package io.etlapi.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts durations in a bounded number of cells: sixteen for every power of two microseconds, so
 * that a quantile is off by at most 1/16 of itself whatever the durations are, in 5 kB. Beside
 * these, exact counts up to the {@link #BOUNDS_SECONDS} that are exported. Recording takes no lock.
 *
 * <p>The cells are those of HdrHistogram with one significant digit. A reader sees each count as it
 * is at that moment, not all of the same moment.
 */
public final class DurationHistogram {

  private static final int SUB_BITS = 4;
  private static final int SUB_CELLS = 1 << SUB_BITS;

  /** Longer durations (about 36 years) count as this long. */
  private static final int MAX_BITS = 50;

  private static final int CELLS = (MAX_BITS - SUB_BITS + 1) * SUB_CELLS;

  /** Upper bounds of the exported buckets, in seconds, inclusive. */
  public static final List<Double> BOUNDS_SECONDS =
      List.of(
          0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
          300.0, 1800.0, 7200.0);

  private final AtomicLongArray cells = new AtomicLongArray(CELLS);
  private final AtomicLongArray buckets = new AtomicLongArray(BOUNDS_SECONDS.size() + 1);
  private final LongAdder sumNanos = new LongAdder();

  /**
   * The counts at one moment.
   *
   * @param counts durations in each bucket, one more than there are bounds; not cumulative
   * @param sumSeconds all durations together
   */
  public record Buckets(List<Long> counts, double sumSeconds) {
    public Buckets {
      counts = List.copyOf(counts);
    }
  }

  /** Counts a duration; a negative one, as a clock that was set back gives, counts as none. */
  public void record(long nanos) {
    long duration = Math.max(0, nanos);
    cells.incrementAndGet(cell(TimeUnit.NANOSECONDS.toMicros(duration)));
    buckets.incrementAndGet(bucket(duration));
    sumNanos.add(duration);
  }

  /** How many durations were recorded. */
  public long count() {
    long count = 0;
    for (int i = 0; i < buckets.length(); i++) {
      count += buckets.get(i);
    }
    return count;
  }

  /**
   * The duration in milliseconds that a share of the recorded ones does not exceed; 0 if there are
   * none.
   *
   * @param share above 0 and at most 1, such as 0.95
   */
  public double quantileMillis(double share) {
    long[] counts = new long[CELLS];
    long total = 0;
    for (int i = 0; i < CELLS; i++) {
      counts[i] = cells.get(i);
      total += counts[i];
    }
    if (total == 0) {
      return 0;
    }
    long rank = Math.max(1, (long) Math.ceil(share * total));
    int cell = 0;
    for (long seen = counts[0]; seen < rank; seen += counts[cell]) {
      cell++;
    }
    return middleMicros(cell) / 1000;
  }

  /** The counts for export. */
  public Buckets buckets() {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < buckets.length(); i++) {
      counts.add(buckets.get(i));
    }
    return new Buckets(counts, sumNanos.sum() / 1e9);
  }

  /** Below 16 each number has its own cell; above, the four bits after the highest one choose. */
  private static int cell(long micros) {
    long bounded = Math.min(micros, (1L << MAX_BITS) - 1);
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(bounded) - SUB_BITS - 1);
    return (shift << SUB_BITS) + (int) (bounded >> shift);
  }

  private static double middleMicros(int cell) {
    if (cell < 2 * SUB_CELLS) {
      return cell;
    }
    int shift = (cell >> SUB_BITS) - 1;
    long lowest = (long) (cell - (shift << SUB_BITS)) << shift;
    return lowest + ((1L << shift) - 1) / 2.0;
  }

  private static int bucket(long nanos) {
    double seconds = nanos / 1e9;
    int low = 0;
    while (low < BOUNDS_SECONDS.size() && seconds > BOUNDS_SECONDS.get(low)) {
      low++;
    }
    return low;
  }
}
