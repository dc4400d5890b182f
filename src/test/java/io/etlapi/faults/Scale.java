package io.etlapi.faults;

/** How much of the suite is run. */
public enum Scale {
  /** Within {@code mvn verify}: every section, a few of each. */
  SHORT,
  /** With {@code -Pfaults}: the numbers of the promise. */
  FULL;

  /** One of two numbers. */
  public int of(int few, int all) {
    return this == SHORT ? few : all;
  }

  static Scale current() {
    return System.getProperty("etl.faults.scale", "short").equals("full") ? FULL : SHORT;
  }
}
