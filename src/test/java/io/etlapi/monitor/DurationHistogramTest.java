package io.etlapi.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {

  private final DurationHistogram histogram = new DurationHistogram();

  @Test
  void nothingRecordedIsNoDuration() {
    assertEquals(0, histogram.count());
    assertEquals(0, histogram.quantileMillis(0.99));
  }

  @Test
  void quantilesAreWithinASixteenthOfTheExactOnes() {
    Random random = new Random(7);
    long[] nanos = new long[20_000];
    for (int i = 0; i < nanos.length; i++) {
      // From microseconds to hours, evenly over the magnitudes.
      nanos[i] = (long) Math.pow(10, 4 + 9 * random.nextDouble());
      histogram.record(nanos[i]);
    }
    Arrays.sort(nanos);
    for (double share : new double[] {0.01, 0.5, 0.9, 0.95, 0.99, 1}) {
      double exact = nanos[(int) Math.ceil(share * nanos.length) - 1] / 1e6;
      assertEquals(exact, histogram.quantileMillis(share), exact / 16 + 0.001, "share " + share);
    }
  }

  @Test
  void aDurationOnABoundBelongsToTheBucketBelowIt() {
    histogram.record(TimeUnit.MILLISECONDS.toNanos(1));
    histogram.record(TimeUnit.MILLISECONDS.toNanos(1) + 1);
    histogram.record(TimeUnit.HOURS.toNanos(2) + 1);

    List<Long> counts = histogram.buckets().counts();
    assertEquals(DurationHistogram.BOUNDS_SECONDS.size() + 1, counts.size());
    assertEquals(1, counts.get(0));
    assertEquals(1, counts.get(1));
    assertEquals(1, counts.get(counts.size() - 1));
    assertEquals(7200.002, histogram.buckets().sumSeconds(), 0.001);
  }

  @Test
  void aClockThatWasSetBackAndAnEndlessTaskAreCountedToo() {
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);

    assertEquals(2, histogram.count());
    assertEquals(0, histogram.quantileMillis(0.5));
    assertTrue(histogram.quantileMillis(1) > 1e11, "years");
  }

  @Test
  void noRecordingIsLostAmongThreads() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 10_000; n++) {
                  histogram.record(n * 1000L);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(80_000, histogram.count());
  }
}
