package io.etlapi.step.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.step.Step;
import io.etlapi.step.jar.StepJars;
import io.etlapi.task.Fault;
import io.etlapi.task.TaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class StepFolderTest {

  private static final String SQL =
      """
      {"name": "%s", "kind": "sql", "sql": {"statements": ["SELECT 1 AS one"]}}
      """;

  @TempDir Path folder;

  @Test
  void aDefinitionSaysAllThatIsKnownOfAStep() throws Exception {
    write(
        "score.step.json",
        """
        {"name": "score", "display_name": "Score", "description": "Scores.", "kind": "process",
         "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}},
         "timeout_seconds": 90, "retries": 2, "priority": 7,
         "process": {"command": ["sh", "-c", "true"]}}
        """);
    Step step = read(true).steps().get(0);

    assertEquals("Score", step.describe().displayName());
    assertEquals("process", step.describe().kind());
    assertTrue(step.describe().retryable());
    assertEquals(Optional.of(Duration.ofSeconds(90)), step.defaults().timeout());
    assertEquals(2, step.defaults().retries());
    assertEquals(Optional.of(7), step.defaults().priority());
  }

  @Test
  void aFaultyFileIsReportedAndTheOthersLoad() throws Exception {
    write("a.step.json", SQL.formatted("a"));
    write("b.step.json", "{\"name\": \"b\",");
    write("c.step.json", "{\"name\": \"C!\", \"kind\": \"magic\", \"colour\": \"red\"}");
    write("d.step.json", SQL.formatted("taken"));
    write("e.step.json", SQL.formatted("a"));
    write("f.jar", "this is no jar");
    write("g.txt", "not ours");
    write("h.pipeline.json", "{\"name\": \"h\"}");
    StepFolder.Contents contents = read(true);

    assertEquals(List.of("a"), names(contents));
    assertEquals(Set.of("h.pipeline.json"), contents.pipelines().keySet());
    assertEquals(
        List.of("b.step.json", "c.step.json", "d.step.json", "e.step.json", "f.jar"),
        contents.faults().stream().map(DefinitionFault::file).toList());
    assertEquals(
        Set.of("/name", "/kind", "/colour"), Set.copyOf(pointers(contents.faults().get(1))));
    assertTrue(detail(contents, 2).contains("'taken' is taken"), detail(contents, 2));
    assertTrue(detail(contents, 3).contains("a.step.json"), detail(contents, 3));
    assertTrue(detail(contents, 4).contains("not a jar"), detail(contents, 4));
  }

  @Test
  void processStepsAreOffUntilTheyAreEnabled() throws Exception {
    write(
        "p.step.json",
        "{\"name\": \"p\", \"kind\": \"process\", \"process\": {\"command\": [\"sh\"]}}");
    write("q.step.json", SQL.formatted("q"));

    assertEquals(List.of("q"), names(read(false)));
    assertTrue(detail(read(false), 0).contains("ETL_PROCESS_STEPS=true"));
    assertEquals(List.of("p", "q"), names(read(true)));
  }

  @Test
  void everyFaultOfADefinitionIsNamedAtOnce() {
    List<Fault> faults =
        faults(
            """
            {"name": "p", "kind": "process",
             "parameters": {"properties": {"pw": {"x-etl-secret": true}, "n": {}}},
             "process": {
               "command": ["no_such_program", "${parameters.nn}", "${parameters.pw}", "${secret:db}",
                           "${home}", "${parameters.n} ${steps} ${task}", "%s"],
               "folder": "nowhere", "input": "file",
               "environment": {"ETL_TASK_ID": "x", "OK": "${secret:db} ${parameters.pw}"}}}
            """
                .formatted("\\u0000"));

    assertEquals(
        List.of(
            "/process/command/1",
            "/process/command/2",
            "/process/command/3",
            "/process/command/4",
            "/process/command/6",
            "/process/environment/ETL_TASK_ID",
            "/process/input",
            "/process/command/0",
            "/process/folder"),
        faults.stream().map(Fault::pointer).toList());
  }

  @Test
  void aSchemaThatIsNoneIsAFault() {
    assertEquals(
        List.of("/parameters"),
        faults(
                "{\"name\": \"a\", \"kind\": \"sql\", \"parameters\": {\"type\": 5},"
                    + " \"sql\": {\"statements\": [\"SELECT 1\"]}}")
            .stream()
            .map(Fault::pointer)
            .toList());
  }

  @Test
  void sqlNamesOnlyDeclaredParametersAndIsOneStatementEach() {
    assertEquals(
        List.of("/sql/statements/0", "/sql/statements/1", "/sql/statements/2"),
        faults(
                """
                {"name": "a", "kind": "sql", "parameters": {"properties": {"n": {}}},
                 "sql": {"statements": ["SELECT $m", "SELECT 1; DROP TABLE x", "SELECT ?",
                                        "SELECT $n, '$x ; ?' -- ;\\n;"]}}
                """)
            .stream()
            .map(Fault::pointer)
            .toList());
  }

  @Test
  void aKindNeedsItsMember() {
    assertEquals(
        List.of("", "/sql"),
        faults(
                "{\"name\": \"a\", \"kind\": \"process\", \"sql\": {\"statements\": [\"SELECT"
                    + " 1\"]}}")
            .stream()
            .map(Fault::pointer)
            .toList());
  }

  @Test
  void aFolderThatIsNotThereIsAFault() {
    StepFolder.Contents contents =
        new StepFolder(
                folder.resolve("none"),
                true,
                Optional.empty(),
                new StepJars(folder.resolve("copies")))
            .read(name -> false);

    assertEquals(1, contents.faults().size());
  }

  @Test
  void theShippedExamplesAreFaultless() {
    Path shipped = Path.of("server-config/own-steps").toAbsolutePath();
    StepFolder.Contents contents =
        new StepFolder(shipped, true, Optional.empty(), new StepJars(folder.resolve("copies")))
            .read(name -> false);

    assertEquals(List.of(), contents.faults());
    assertEquals(List.of("checksum", "clean_orders", "orders_by_customer"), names(contents));
  }

  private List<Fault> faults(String definition) {
    try {
      StepDefinition.read(Json.parseObject(definition), folder);
      return List.of();
    } catch (TaskException e) {
      return e.faults();
    }
  }

  private StepFolder.Contents read(boolean processes) {
    return new StepFolder(
            folder, processes, Optional.empty(), new StepJars(folder.resolve("copies")))
        .read(name -> name.equals("taken"));
  }

  private static List<String> names(StepFolder.Contents contents) {
    return contents.steps().stream()
        .map(step -> step.describe().name())
        .filter(name -> !name.equals("greet"))
        .toList();
  }

  private static List<String> pointers(DefinitionFault fault) {
    return fault.faults().stream().map(Fault::pointer).toList();
  }

  private static String detail(StepFolder.Contents contents, int index) {
    return contents.faults().get(index).faults().get(0).detail();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }
}
