package io.etlapi.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.step.StepException;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskRequest;
import io.etlapi.task.TaskStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Java step gets the value of a secret, and nothing that is kept ever has it. */
class SecretStepTest {

  private static final String VALUE = "correct-horse-battery";
  private static final Map<String, Object> SCHEMA =
      Map.of("properties", Map.of("password", Map.of("type", "string", "x-etl-secret", true)));

  @TempDir Path folder;
  private Path storage = Path.of("");

  @BeforeEach
  void secret() throws IOException {
    storage = folder.resolve("storage");
    Files.writeString(
        Files.createDirectories(folder.resolve("secrets")).resolve("db"), VALUE + "\n");
  }

  @Test
  void theValueReachesTheStepAndNothingThatIsKept() throws IOException {
    String[] seen = new String[1];
    try (RuntimeHarness harness =
        harness(
            context -> {
              seen[0] = context.secret("password");
              context.log("connects with " + seen[0]);
              context.progress(10, "as " + seen[0]);
              return Map.of(
                  "parameters", context.parameters().asMap(), "used", List.of("x" + seen[0]));
            })) {
      TaskId id = harness.submit("connect", sending("${secret:db}"));
      assertEquals(TaskStatus.COMPLETED, harness.awaitEnd(id).summary().status());
    }
    assertEquals(VALUE, seen[0]);
    assertTrue(kept().contains("${secret:db}"), "the reference is kept");
    assertTrue(kept().contains("x***"), "the rest of a text is kept");
    assertFalse(kept().contains(VALUE));
  }

  @Test
  void anErrorThatQuotesItIsBlotted() throws IOException {
    try (RuntimeHarness harness =
        harness(
            context -> {
              throw new StepException("refused: " + context.secret("password"));
            })) {
      TaskId id = harness.submit("connect", sending("${secret:db}"));
      assertEquals(TaskStatus.FAILED, harness.awaitEnd(id).summary().status());
    }
    assertTrue(kept().contains("refused: ***"), kept());
    assertFalse(kept().contains(VALUE));
  }

  @Test
  void aLiteralIsRefusedBeforeAnythingIsKept() throws IOException {
    try (RuntimeHarness harness = harness(context -> Map.of())) {
      TaskException refused =
          assertThrows(TaskException.class, () -> harness.submit("connect", sending(VALUE)));
      assertTrue(String.valueOf(refused.getMessage()).contains("never sent as it is"));
      assertFalse(String.valueOf(refused.getMessage()).contains(VALUE));
    }
    assertFalse(kept().contains(VALUE));
  }

  @Test
  void aSecretThatIsNotThereFailsTheTaskWithItsName() {
    try (RuntimeHarness harness = harness(context -> Map.of("never", context.secret("password")))) {
      TaskId id = harness.submit("connect", sending("${secret:other}"));
      TaskSnapshot end = harness.awaitEnd(id);
      assertTrue(
          end.task()
              .map(task -> String.valueOf(task.state().error()))
              .orElse("")
              .contains("other"));
    }
  }

  private RuntimeHarness harness(RuntimeHarness.Work work) {
    return new RuntimeHarness.Builder(storage)
        .set("ETL_SECRETS_DIR", folder.resolve("secrets").toString())
        .step("connect", SCHEMA, work)
        .start();
  }

  private static TaskRequest sending(String password) {
    Map<String, @Nullable Object> parameters = Map.of("password", password);
    return TaskRequest.of(parameters);
  }

  /** All text in the storage folder. */
  private String kept() throws IOException {
    StringBuilder text = new StringBuilder();
    try (var files = Files.walk(storage)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }
}
