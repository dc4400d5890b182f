package io.etlapi.step.jar;

import io.etlapi.step.Step;
import io.etlapi.step.StepContext;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.StepResult;

/**
 * A step from a jar. Its class loader is the thread's while it runs, so that libraries in the jar
 * find what they look up; a class that is missing fails the task and nothing else.
 */
final class JarStep implements Step {

  private static final System.Logger LOG = System.getLogger(JarStep.class.getName());

  private final Step step;
  private final ClassLoader loader;
  private final StepDescription description;
  private final StepDefaults defaults;

  /** Asks the step once what it is: any later answer would not be checked. */
  JarStep(Step step, ClassLoader loader) {
    this.step = step;
    this.loader = loader;
    StepDescription own = step.describe();
    this.description =
        new StepDescription(
            own.name(),
            own.displayName(),
            "java",
            own.description(),
            own.parameterSchema(),
            own.retryable());
    this.defaults = step.defaults();
  }

  @Override
  public StepDescription describe() {
    return description;
  }

  @Override
  public StepDefaults defaults() {
    return defaults;
  }

  @Override
  public StepResult run(StepContext context) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return step.run(context);
    } catch (LinkageError | AssertionError e) {
      LOG.log(System.Logger.Level.ERROR, "step " + description.name() + " is broken", e);
      throw new StepException(
          "The step's jar is broken: " + e.getClass().getSimpleName() + ": " + e.getMessage() + ".",
          e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
