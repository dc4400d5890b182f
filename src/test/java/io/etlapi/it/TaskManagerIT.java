package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.execution.Submission;
import io.etlapi.execution.TaskManager;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskQuery;
import io.etlapi.task.TaskRequest;
import jakarta.ejb.EJB;
import java.io.File;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;

/**
 * The EJB inside the server: that it is there, that its refusals arrive as they were thrown and not
 * wrapped by the container, and that it may be called without a transaction.
 */
@ArquillianTest
class TaskManagerIT {

  @EJB private TaskManager tasks;

  @Deployment
  static WebArchive war() {
    return ShrinkWrap.createFromZipFile(
        WebArchive.class, new File(System.getProperty("etl.test.war", "target/etl-api.war")));
  }

  @Test
  void aTaskIsAcceptedAndListed() {
    Submission submission = tasks.submit("read_csv", reading("samples/orders.csv"));

    assertEquals("read_csv", submission.stepName());
    assertEquals(ProcessHandle.current().pid(), submission.pid());
    assertTrue(
        tasks.list(TaskQuery.newest(1)).stream()
            .anyMatch(summary -> summary.id().equals(submission.taskId())));
  }

  @Test
  void aRefusalKeepsItsReason() {
    TaskException unknownStep =
        assertThrows(TaskException.class, () -> tasks.submit("no_such_step", TaskRequest.EMPTY));
    TaskException unknownTask =
        assertThrows(
            TaskException.class,
            () -> tasks.require(TaskId.of("00000000-0000-7000-8000-000000000000")));

    assertEquals(TaskException.Reason.UNKNOWN_STEP, unknownStep.reason());
    assertEquals(TaskException.Reason.UNKNOWN_TASK, unknownTask.reason());
  }

  @Test
  void theServerIsHealthy() {
    assertEquals(java.util.List.of(), tasks.stats().faults());
  }

  private static TaskRequest reading(String path) {
    TaskRequest empty = TaskRequest.EMPTY;
    return new TaskRequest(
        empty.parameters(),
        java.util.Map.of("file_path", path),
        empty.previousOutputs(),
        empty.inputs(),
        empty.priority(),
        empty.timeoutSeconds(),
        empty.retries(),
        empty.resume(),
        empty.idempotencyKey(),
        empty.principal());
  }
}
