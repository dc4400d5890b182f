package io.etlapi.step;

/**
 * One kind of work that clients run by name. Implementations hold no state of a run: the same
 * object serves all tasks, at the same time.
 */
public interface Step {

  /** What clients see in the catalogue; the same on every call. */
  StepDescription describe();

  /** What holds for a task of this step where its request says nothing. */
  default StepDefaults defaults() {
    return StepDefaults.NONE;
  }

  /** How many earlier outputs a request must bring; fewer are refused before anything runs. */
  default int minInputs() {
    return 0;
  }

  /**
   * Does the work of one attempt.
   *
   * @return the output that clients read
   * @throws StepException if the work cannot be done, with a sentence for the caller
   * @throws InterruptedException if the task was stopped or timed out
   * @throws Exception anything else is a fault of the step itself; the task fails and says so
   */
  StepResult run(StepContext context) throws Exception;
}
