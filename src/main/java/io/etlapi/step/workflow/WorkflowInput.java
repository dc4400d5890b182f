package io.etlapi.step.workflow;

import io.etlapi.step.StepContext;
import io.etlapi.step.StepException;
import io.etlapi.step.StepInput;
import io.etlapi.step.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the tables that a workflow step, or one that works like it, works on. */
public final class WorkflowInput {

  /** The two tables of a join. */
  record Pair(Dataset left, Dataset right) {}

  private WorkflowInput() {}

  /**
   * The one table: {@code file_path} if it was sent, else the output of the one earlier step.
   *
   * @param step its name, for messages
   */
  public static Dataset single(StepContext context, String step)
      throws StepException, InterruptedException {
    Optional<String> path = context.parameters().text("file_path");
    if (path.isPresent()) {
      return Dataset.open(context.files(), path.get());
    }
    List<StepInput> inputs = withFiles(context);
    if (inputs.isEmpty()) {
      throw new StepException(
          step
              + " needs a table: send the output of an earlier step in previous_outputs, its task"
              + " id in inputs, or a Parquet file in file_path.");
    }
    if (inputs.size() > 1) {
      throw new StepException(
          "%s reads one table, but %d were given: %s. Send one, or name one in file_path."
              .formatted(step, inputs.size(), names(inputs)));
    }
    return Dataset.open(context.files(), inputs.get(0));
  }

  /** The two tables: those named left and right, else the two there are, in their order. */
  static Pair pair(StepContext context) throws StepException, InterruptedException {
    List<StepInput> inputs = withFiles(context);
    Optional<StepInput> left = named(inputs, "left");
    Optional<StepInput> right = named(inputs, "right");
    if (left.isEmpty() && right.isEmpty() && inputs.size() == 2) {
      left = Optional.of(inputs.get(0));
      right = Optional.of(inputs.get(1));
    }
    if (left.isEmpty() || right.isEmpty()) {
      throw new StepException(
          ("join needs two tables, %d given%s. Send two earlier outputs in previous_outputs, or"
                  + " task ids in inputs.left and inputs.right.")
              .formatted(inputs.size(), inputs.isEmpty() ? "" : ": " + names(inputs)));
    }
    return new Pair(
        Dataset.open(context.files(), left.get()), Dataset.open(context.files(), right.get()));
  }

  private static List<StepInput> withFiles(StepContext context) {
    List<StepInput> found = new ArrayList<>();
    for (StepInput input : context.inputs()) {
      if (input.filePath().isPresent()) {
        found.add(input);
      }
    }
    return found;
  }

  private static Optional<StepInput> named(List<StepInput> inputs, String name) {
    return inputs.stream().filter(input -> input.name().equals(name)).findFirst();
  }

  private static String names(List<StepInput> inputs) {
    return String.join(", ", inputs.stream().map(StepInput::name).toList());
  }
}
