package io.etlapi.monitor;

/**
 * A step or pipeline in a JMX console: {@code io.etlapi:type=Step,name=…}. Figures since the start
 * of the server; durations of attempts in milliseconds.
 */
public interface StepMXBean {

  String getName();

  /** Attempts that have ended. */
  long getAttempts();

  long getCompleted();

  long getFailed();

  long getCancelled();

  /** Attempts that failed and were followed by another. */
  long getRetried();

  double getP50Millis();

  double getP95Millis();

  double getP99Millis();
}
