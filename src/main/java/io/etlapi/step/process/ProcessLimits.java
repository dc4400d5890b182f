package io.etlapi.step.process;

/**
 * What one attempt may use. A process alone is held to memory, processor time and file size by the
 * kernel; the whole tree of an attempt is looked at about once a second.
 *
 * @param memoryBytes private memory of a process, and resident memory of all together
 * @param cpuSeconds processor time of a process, and of all together
 * @param outputBytes standard output and standard error together, and the result file
 * @param fileBytes size of any one file that is written
 * @param processes how many there may be at a time
 */
public record ProcessLimits(
    long memoryBytes, long cpuSeconds, long outputBytes, long fileBytes, int processes) {

  /** What holds where a definition says nothing. */
  public static final ProcessLimits DEFAULT =
      new ProcessLimits(1L << 30, 24 * 3600, 16L << 20, 10L << 30, 64);
}
