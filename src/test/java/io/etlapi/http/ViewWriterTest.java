package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.execution.CleanupSchedule;
import io.etlapi.execution.ServerStats;
import io.etlapi.execution.StopOutcome;
import io.etlapi.execution.Submission;
import io.etlapi.execution.TaskSnapshot;
import io.etlapi.json.Json;
import io.etlapi.task.Task;
import io.etlapi.task.TaskCounts;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskResult;
import io.etlapi.task.TaskSpec;
import io.etlapi.task.TaskState;
import io.etlapi.task.TaskStatus;
import io.etlapi.task.TaskSummary;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewWriterTest {

  private static final TaskId ID = TaskId.of("0190a1b2-c3d4-7000-8000-000000000001");
  private static final Instant CREATED = Instant.parse("2024-01-15T08:00:00Z");

  @Test
  void anAcceptedRunNamesItsTaskInSnakeCase() throws IOException {
    Submission queued =
        new Submission(ID, "read_csv", false, 7, 0, Optional.of(3), List.of("w"), false);
    assertEquals(
        """
        {"pid":7,"queue_position":3,"status":"queued","step_name":"read_csv",\
        "task_id":"0190a1b2-c3d4-7000-8000-000000000001","thread_id":0,"warnings":["w"]}\
        """,
        write(RunView.of(queued)));
  }

  @Test
  void aWaitingTaskShowsEveryFieldAndNullWhereThereIsNothing() throws IOException {
    Task task = task();
    TaskSnapshot snapshot =
        new TaskSnapshot(
            TaskSummary.of(task),
            Optional.empty(),
            0,
            Optional.empty(),
            Optional.of(1),
            Optional.empty(),
            List.of());
    Map<String, @Nullable Object> shown =
        Json.parseObject(write(new WithOutput(StatusView.of(snapshot), WithOutput.Output.none())));
    assertEquals("pending", shown.get("status"));
    assertEquals("2024-01-15T08:00:00Z", shown.get("created_at"));
    assertEquals(1L, shown.get("queue_position"));
    assertEquals(1L, shown.get("attempt"));
    for (String absent : List.of("output", "error", "started_at", "completed_at", "parent_id")) {
      assertTrue(shown.containsKey(absent), absent);
      assertEquals(null, shown.get(absent), absent);
    }
  }

  @Test
  void theErrorOfAFailedTaskIsShown() throws IOException {
    Task task =
        task()
            .started(CREATED, new TaskState.Worker(1, 2))
            .failed(CREATED.plusSeconds(2), 1, "no column \"x\"");
    TaskSnapshot snapshot =
        new TaskSnapshot(
            TaskSummary.of(task),
            Optional.of(task),
            40,
            Optional.empty(),
            Optional.empty(),
            Optional.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            List.of(TaskSummary.of(task())));
    Map<String, @Nullable Object> shown =
        Json.parseObject(write(new WithOutput(StatusView.of(snapshot), WithOutput.Output.none())));
    assertEquals("no column \"x\"", shown.get("error"));
    assertEquals(
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", shown.get("traceparent"));
    assertEquals("2024-01-15T08:00:02Z", shown.get("completed_at"));
    assertEquals(1, ((List<?>) Optional.ofNullable(shown.get("children")).orElseThrow()).size());
  }

  @Test
  void aStatusIsWrittenAsTheBindingWouldWriteIt() {
    StatusView bare =
        new StatusView(
            ID.toString(),
            "read_csv",
            "pending",
            null,
            CREATED,
            null,
            null,
            0,
            null,
            1,
            5,
            null,
            null,
            null,
            List.of());
    StatusView full =
        new StatusView(
            ID.toString(),
            "read_csv",
            "failed",
            "no column \"x\\y\"\n\u0001 \u007f \u2028 \u00fc\ud83d\ude80 </script>",
            CREATED,
            CREATED.plusNanos(1),
            CREATED.plusMillis(1500),
            99,
            "runs a, b (7%)",
            2,
            0,
            17,
            ID.toString(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            List.of(
                new StatusView.Child(ID.toString(), null, "filter", "running"),
                new StatusView.Child(ID.toString(), "n\u00f8de", "join", "pending")));

    assertEquals(ViewWriter.bound(bare), ViewWriter.json(bare));
    assertEquals(ViewWriter.bound(full), ViewWriter.json(full));
  }

  @Test
  void anOutputIsSplicedInByteForByte() throws IOException {
    String output = "{\"n\": 1.50,  \"id\": 12345678901234567890, \"text\": \"\u00e9\\u0000\"}";
    UnfinishedView head = new UnfinishedView("x", "y");
    assertEquals(
        "{\"output\":" + output + "}", write(new WithOutput(null, WithOutput.Output.of(output))));
    assertTrue(
        write(new WithOutput(head, WithOutput.Output.of(output)))
            .startsWith("{\"output\":" + output + ",\""));
  }

  @Test
  void theStreamOfALargeOutputIsClosedWhenItIsWritten() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    InputStream stream =
        new ByteArrayInputStream("[1]".getBytes(StandardCharsets.UTF_8)) {
          @Override
          public void close() {
            closed.set(true);
          }
        };
    assertEquals("{\"output\":[1]}", write(new WithOutput(null, WithOutput.Output.of(stream, 3))));
    assertTrue(closed.get());
  }

  @Test
  void aListOfTasksIsAnArray() throws IOException {
    Task ended =
        task()
            .started(CREATED, new TaskState.Worker(1, 2))
            .completed(CREATED.plusMillis(1500), 1, new TaskResult.Inline("{}", List.of()));
    assertEquals(
        """
        [{"completed_at":"2024-01-15T08:00:01.500Z","created_at":"2024-01-15T08:00:00Z",\
        "duration":1.500,"parent_id":null,"started_at":"2024-01-15T08:00:00Z",\
        "status":"completed","step_name":"read_csv",\
        "task_id":"0190a1b2-c3d4-7000-8000-000000000001"}]\
        """,
        write(TaskPage.of(List.of(TaskSummary.of(ended)))));
    assertEquals("[]", write(TaskPage.of(List.of())));
  }

  @Test
  void hoursAreAWholeNumberWhereTheyAreOne() throws IOException {
    assertEquals("24", ttl(Duration.ofHours(24)));
    assertEquals("1000", ttl(Duration.ofHours(1000)));
    assertEquals("0.5", ttl(Duration.ofMinutes(30)));
  }

  @Test
  void countsComeFromTheRightPlaces() throws IOException {
    Map<String, @Nullable Object> shown =
        Json.parseObject(write(StatsView.of(stats(Duration.ofHours(24)))));
    assertEquals(15L, shown.get("total_tasks"));
    assertEquals(1L, shown.get("pending_tasks"));
    assertEquals(9L, shown.get("running_tasks"), "tasks that do work, not parents");
    assertEquals(8L, shown.get("queued_tasks"));
    assertEquals(3L, shown.get("completed_tasks"));
    assertEquals(4L, shown.get("failed_tasks"));
    assertEquals(5L, shown.get("cancelled_tasks"));
    assertEquals("/srv/task_storage", shown.get("storage_directory"));
  }

  @Test
  void stopCleanupAndScheduleSayWhatClientsRead() throws IOException {
    assertEquals(
        "{\"status\":\"not_running\",\"task_id\":\"" + ID + "\"}",
        write(StopView.of(ID, StopOutcome.NOT_RUNNING)));
    assertEquals(
        "{\"details\":{\"cleaned_task_ids\":[\""
            + ID
            + "\"],\"tasks_cleaned\":1},\"message\":\"Manual cleanup completed: 1 tasks cleaned\","
            + "\"status\":\"success\"}",
        write(CleanupView.of(List.of(ID))));
    assertEquals(
        """
        {"schedule":{"hour":23,"minute":0,"next_run":"2024-01-15T08:00:00Z",\
        "timezone":"UTC","trigger":"daily at 23:00 UTC"},"status":"success"}\
        """,
        write(ScheduleView.of(CleanupSchedule.DEFAULT, CREATED)));
  }

  static ServerStats stats(Duration ttl) {
    TaskCounts counts =
        new TaskCounts(
            Map.of(
                TaskStatus.PENDING, 1L,
                TaskStatus.RUNNING, 2L,
                TaskStatus.COMPLETED, 3L,
                TaskStatus.FAILED, 4L,
                TaskStatus.CANCELLED, 5L));
    return new ServerStats(
        CREATED,
        counts,
        9,
        8,
        1000,
        25,
        ttl,
        Path.of("/srv/task_storage"),
        1,
        2,
        3,
        4,
        Duration.ofSeconds(5),
        2,
        1,
        List.of());
  }

  private static String ttl(Duration ttl) throws IOException {
    return String.valueOf(Json.parseObject(write(StatsView.of(stats(ttl)))).get("task_ttl_hours"));
  }

  private static Task task() {
    return Task.accepted(
        new TaskSpec(ID, "read_csv", Map.of(), 5, 1, null, CREATED, TaskSpec.Origin.NONE));
  }

  private static String write(View view) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ViewWriter()
        .writeTo(
            view,
            view.getClass(),
            view.getClass(),
            new Annotation[0],
            new MediaType("application", "json"),
            new MultivaluedHashMap<>(),
            out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
