package io.etlapi.store;

import static io.etlapi.store.SampleTasks.at;
import static io.etlapi.store.SampleTasks.completed;
import static io.etlapi.store.SampleTasks.id;
import static io.etlapi.store.SampleTasks.pending;
import static io.etlapi.store.SampleTasks.result;
import static io.etlapi.store.SampleTasks.running;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import io.etlapi.task.OutputFile;
import io.etlapi.task.Task;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a task's file. */
class TaskJsonTest {

  private static String text(Task task) {
    return new String(TaskJson.encode(task), StandardCharsets.UTF_8);
  }

  private static Task read(int number, String text) throws UnreadableRecordException {
    return TaskJson.decode(id(number), text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String text, String why) {
    UnreadableRecordException refused =
        assertThrows(UnreadableRecordException.class, () -> read(1, text));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  @Test
  void aRecordHasTheFieldsOfTheOldOneAMemberALine() {
    String text = text(pending(1));
    Map<String, @Nullable Object> members = Json.parseObject(text);
    for (String name :
        List.of(
            "task_id",
            "step_name",
            "status",
            "created_at",
            "started_at",
            "completed_at",
            "params",
            "result",
            "error",
            "pid",
            "thread_id")) {
      assertTrue(members.containsKey(name), name);
      assertTrue(text.contains("\n\"" + name + "\": "), name + " begins a line");
    }
    assertEquals("pending", members.get("status"));
    assertEquals("1.0", members.get("format"));
  }

  @Test
  void everyStateComesBackAsItWas() throws Exception {
    List<Task> tasks =
        List.of(
            pending(1),
            running(1),
            running(1).stopRequested(at(4)),
            running(1).retryAt(at(4), at(9), "the disk was away").stopRequested(at(5)),
            completed(1, 3),
            running(1).failed(at(4), 5, "no column \"amount\"\nin trades.csv"),
            pending(1).cancelled(at(4), 5, "stopped on request"));
    for (Task task : tasks) {
      assertEquals(task, TaskJson.decode(id(1), TaskJson.encode(task)));
    }
  }

  @Test
  void aLargeResultIsNamedNotHeld() throws Exception {
    OutputFile rows = new OutputFile("rows.parquet", 9, "ab");
    OutputFile json = new OutputFile("result.json", 300_000, "cd");
    Task task = running(1).completed(at(4), 5, new TaskResult.InFile(json, List.of(rows, json)));
    String text = text(task);
    assertTrue(text.contains("\"result_file\": \"result.json\""), text);
    assertEquals(task, read(1, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"amount\": 1.10, \"huge\": 123456789012345678901234567890.5}",
        "{ \"spaced\" :\n  [ 1 , 2 ] }",
        "{\"text\":\"}],{\\\"result\\\": \\\\\"}",
        "{\"result\":{\"result\":1}}"
      })
  void aResultComesBackCharacterForCharacter(String json) throws Exception {
    Task task = running(1).completed(at(4), 5, result(json));
    assertEquals(task, TaskJson.decode(id(1), TaskJson.encode(task)));
  }

  @Test
  void aResultThatIsNoObjectIsNotWritten() {
    for (String json : List.of("", "[]", "null", "{", "{}{}")) {
      Task task = running(1).completed(at(4), 5, result(json));
      assertThrows(IllegalArgumentException.class, () -> TaskJson.encode(task), json);
    }
  }

  @Test
  void whatALaterMinorReleaseAddsIsKept() throws Exception {
    String later =
        text(pending(1))
            .replace("\"1.0\"", "\"1.7\"")
            .replace("\"params\"", "\"quality\": {\"score\": 0.90},\n\"params\"");
    Task read = read(1, later);
    Task changed = read.started(at(5), SampleTasks.WORKER);
    String written = text(changed);
    assertTrue(written.contains("\"format\": \"1.7\""), written);
    assertTrue(written.contains("\"quality\": {\"score\":0.90}"), written);
    assertEquals(changed, read(1, written));
  }

  @Test
  void aMemberNamedLikeAKnownOneCannotOverrideIt() {
    Task task =
        new Task(pending(1).spec(), pending(1).state(), Map.of("status", "completed", "x", 1L));
    String text = text(task);
    assertFalse(text.contains("completed\""), text);
    assertTrue(text.contains("\"x\": 1"), text);
  }

  @Test
  void aRecordThatWasFormattedByHandIsReadAllTheSame() throws Exception {
    Task task = completed(1, 5);
    String pretty = Json.pretty(Json.parseObject(text(task)));
    Task read = read(1, pretty);
    assertEquals(task.spec(), read.spec());
    assertEquals(task.status(), read.status());
  }

  @Test
  void membersMayComeInAnyOrder() throws Exception {
    Map<String, @Nullable Object> members = Json.parseObject(text(completed(1, 5)));
    Map<String, @Nullable Object> shuffled = new LinkedHashMap<>();
    shuffled.put("result", members.get("result"));
    members.keySet().stream()
        .sorted()
        .filter(name -> !name.equals("result"))
        .forEach(name -> shuffled.put(name, members.get(name)));
    assertEquals(completed(1, 5), read(1, Json.write(shuffled)));
  }

  @ParameterizedTest
  @CsvSource({"0.001", "1", "90.5", "3600", "1.000000001"})
  void aTimeoutKeepsItsFractions(String seconds) throws Exception {
    Duration timeout = Duration.ofNanos(new BigDecimal(seconds).movePointRight(9).longValueExact());
    TaskSpec spec =
        new TaskSpec(id(1), "join", Map.of(), 5, 1, timeout, at(0), TaskSpec.Origin.NONE);
    assertEquals(
        timeout, TaskJson.decode(id(1), TaskJson.encode(Task.accepted(spec))).spec().timeout());
  }

  @Test
  void whatIsWrongIsNamed() {
    String good = text(completed(1, 5));
    refused(good.replace("\"completed\"", "\"finished\""), "status");
    refused(good.replace("\"priority\": 5", "\"priority\": 12"), "priority");
    refused(good.replace("\"priority\": 5", "\"priority\": \"5\""), "priority must be a number");
    refused(good.replace("\"priority\": 5", "\"priority\": 5.5"), "priority must be an integer");
    refused(good.replace("\"attempt\": 1", "\"attempt\": 99999999999"), "attempt");
    refused(good.replace("\"created_at\": \"2026", "\"created_at\": \"yesterday"), "created_at");
    refused(good.replace("\"result\": {\"rows\":1}", "\"result\": null"), "without a result");
    refused(good.replace("\"result\": {\"rows\":1}", "\"result\": 7"), "object is expected");
    refused(text(pending(1)).replace("\"result\": null", "\"result\": {}"), "without being");
    refused(good.replace("\"format\": \"1.0\"", "\"format\": \"3.0\""), "format 3.0");
    refused(good + "{}", "not JSON");
    refused(good.replace("\"step_name\": \"read_csv\",\n", ""), "step_name is missing");
    refused(good.replace("\"files\": []", "\"files\": [1]"), "files must be an array of objects");
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] content =
        text(pending(1)).replace("trades", "tr\u00e4des").getBytes(StandardCharsets.ISO_8859_1);
    assertThrows(UnreadableRecordException.class, () -> TaskJson.decode(id(1), content));
  }
}
