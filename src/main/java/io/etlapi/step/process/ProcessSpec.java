package io.etlapi.step.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a step's program is started. Texts may hold {@code ${steps}} (the folder of the definitions),
 * {@code ${task}} (the attempt's folder) and {@code ${parameters.NAME}}; the environment also
 * {@code ${secret:NAME}}. An argument stays one argument whatever a value holds: no shell is near.
 *
 * @param program absolute
 * @param arguments what follows the program
 * @param folder the working folder; empty: the attempt's folder
 * @param environment all of it, but for the few variables that name the task
 * @param input how the parameters reach the program
 * @param resultFile where in the attempt's folder the result is found; empty: standard output
 */
public record ProcessSpec(
    Path program,
    List<String> arguments,
    Optional<Path> folder,
    Map<String, String> environment,
    Input input,
    Optional<String> resultFile,
    ProcessLimits limits) {

  /** How the parameters reach the program, as a JSON object. */
  public enum Input {
    /** On standard input. */
    STDIN,
    /** In the file that {@code ETL_PARAMETERS_FILE} names. */
    FILE
  }

  public ProcessSpec {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(new LinkedHashMap<>(environment));
  }
}
