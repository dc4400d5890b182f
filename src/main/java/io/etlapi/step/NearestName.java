package io.etlapi.step;

import java.util.Collection;
import java.util.Optional;

/** Finds the name that was probably meant, by edit distance (Damerau, optimal string alignment). */
public final class NearestName {

  private NearestName() {}

  /** The nearest of {@code known} within a third of the name's length, at least one edit away. */
  public static Optional<String> of(String name, Collection<String> known) {
    int best = Math.max(1, Math.min(name.length(), 64) / 3) + 1;
    String nearest = null;
    if (name.length() <= 128) {
      for (String candidate : known) {
        int distance = distance(name, candidate);
        if (distance < best) {
          best = distance;
          nearest = candidate;
        }
      }
    }
    return Optional.ofNullable(nearest);
  }

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
