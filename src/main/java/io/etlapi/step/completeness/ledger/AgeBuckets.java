package io.etlapi.step.completeness.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * Names the bucket that an age falls in: with bounds 1, 5, 30 they are {@code 0-1}, {@code 2-5},
 * {@code 6-30} and {@code 31+}.
 *
 * @param upperBounds inclusive, rising
 */
public record AgeBuckets(List<Integer> upperBounds) {

  public AgeBuckets {
    upperBounds = List.copyOf(upperBounds);
  }

  /** The bucket of an age in days. */
  public String of(long age) {
    int lower = 0;
    for (int upper : upperBounds) {
      if (age <= upper) {
        return label(lower, upper);
      }
      lower = upper + 1;
    }
    return lower + "+";
  }

  /** All buckets, from the youngest. */
  public List<String> labels() {
    List<String> labels = new ArrayList<>();
    int lower = 0;
    for (int upper : upperBounds) {
      labels.add(label(lower, upper));
      lower = upper + 1;
    }
    labels.add(lower + "+");
    return labels;
  }

  private static String label(int lower, int upper) {
    return lower == upper ? Integer.toString(lower) : lower + "-" + upper;
  }
}
