package io.etlapi.step.process;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.etlapi.json.Json;
import io.etlapi.step.StepBench;
import io.etlapi.step.StepDefaults;
import io.etlapi.step.StepDescription;
import io.etlapi.step.StepException;
import io.etlapi.step.TestStepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs real programs as steps. */
final class ProcessBench {

  private static final Map<String, @Nullable Object> ANY = Map.of();

  private final StepBench bench;
  private final Path steps;
  private final Path secrets;
  private ProcessLimits limits = ProcessLimits.DEFAULT;
  private ProcessSpec.Input input = ProcessSpec.Input.STDIN;
  private Optional<String> resultFile = Optional.empty();
  private Map<String, String> environment = Map.of();
  private Map<String, @Nullable Object> schema = ANY;

  ProcessBench(Path folder) throws IOException {
    bench = new StepBench(folder);
    steps = Files.createDirectories(folder.resolve("steps"));
    secrets = Files.createDirectories(folder.resolve("secrets"));
  }

  StepBench steps() {
    return bench;
  }

  ProcessBench limits(ProcessLimits other) {
    limits = other;
    return this;
  }

  ProcessBench files() {
    input = ProcessSpec.Input.FILE;
    resultFile = Optional.of("answer.json");
    return this;
  }

  ProcessBench environment(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  ProcessBench schema(String json) {
    schema = Json.parseObject(json);
    return this;
  }

  void secret(String name, String value) throws IOException {
    Files.writeString(secrets.resolve(name), value);
  }

  ProcessStep python(String program, String... arguments) throws IOException {
    Path file = Files.writeString(steps.resolve("program.py"), program);
    List<String> all = new java.util.ArrayList<>(List.of("-S", "-E", file.toString()));
    all.addAll(List.of(arguments));
    return step("/usr/bin/python3", all);
  }

  ProcessStep shell(String script) {
    return step("/bin/sh", List.of("-c", script));
  }

  ProcessStep step(String program, List<String> arguments) {
    Path found = Path.of(program);
    if (!Files.isExecutable(found)) {
      found = Path.of("/usr/local/bin").resolve(found.getFileName());
    }
    return new ProcessStep(
        new StepDescription("own", "Own", "process", "", schema, false),
        StepDefaults.NONE,
        new ProcessSpec(found, arguments, Optional.empty(), environment, input, resultFile, limits),
        new ProcessStep.Places(steps, Optional.of(secrets)));
  }

  Map<String, @Nullable Object> run(ProcessStep step, Map<String, ?> parameters) throws Exception {
    return bench.run(step, parameters);
  }

  Map<String, @Nullable Object> run(ProcessStep step) throws Exception {
    return bench.run(step, Map.of());
  }

  /** Runs a step and returns what it logged with its output. */
  List<String> logOf(ProcessStep step, Map<String, ?> parameters) throws Exception {
    try (TestStepContext context = bench.context(parameters)) {
      step.run(context);
      return context.logged();
    }
  }

  /** The message with which a step fails. */
  String failure(ProcessStep step) throws IOException {
    return failure(step, Map.of());
  }

  String failure(ProcessStep step, Map<String, ?> parameters) throws IOException {
    try (TestStepContext context = bench.context(parameters)) {
      return String.valueOf(
          assertThrows(StepException.class, () -> step.run(context)).getMessage());
    }
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Whether a process is there and has not ended. */
  static boolean isAlive(long pid) {
    return ProcessTable.list().stream().anyMatch(process -> process.pid() == pid);
  }
}
