package io.etlapi.faults;

/** One way of injuring the store or the server, and the check of what it promised. */
public interface Section {

  /** Short and unique; names the section in the results file and on the command line. */
  String name();

  /** What was done, for the table. */
  String title();

  /** The count that says how often it was tried. */
  String unit();

  /** Parts that are run, kept and resumed one by one. */
  int parts(Scale scale);

  /**
   * Runs one part.
   *
   * @throws Unavailable if this machine lacks what it needs
   */
  void run(Scale scale, int part, long seed, Tally tally) throws Exception;
}
