package io.etlapi.http;

import io.etlapi.execution.ServerReport;
import io.etlapi.execution.ServerStats;
import io.etlapi.monitor.Measurements;
import io.etlapi.monitor.OpenMetricsText;
import io.etlapi.monitor.ProcessMemory;
import io.etlapi.monitor.RouteMeasurements;
import io.etlapi.monitor.StepMeasurements;
import io.etlapi.task.TaskStatus;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names under which the figures are exported. Renaming one breaks people's dashboards. */
final class ServerMetrics {

  private static final String STEP = "step";
  private static final String STATUS = "status";

  private ServerMetrics() {}

  static String text(ServerReport report, BuildVersion version) {
    OpenMetricsText out = new OpenMetricsText();
    out.about(
        "etl_build",
        "What runs here.",
        labels(
            "version", version.text(), "build", version.build(), "engine", report.engineVersion()));
    tasks(out, report);
    durations(out, report);
    storage(out, report);
    engine(out, report);
    process(out, report.stats());
    requests(out, report.measurements());
    return out.end();
  }

  private static void tasks(OpenMetricsText out, ServerReport report) {
    ServerStats stats = report.stats();
    out.gauge("etl_healthy", "1 while new tasks are accepted, else 0.")
        .value(stats.isHealthy() ? 1 : 0);
    out.gauge("etl_intake_paused", "1 while someone has paused the intake of new tasks.")
        .value(report.paused() ? 1 : 0);
    out.gauge("etl_tasks_running", "Tasks that do work.").value(stats.running());
    out.gauge("etl_tasks_queued", "Tasks that wait for a slot.").value(stats.queued());
    out.gauge("etl_tasks_max_concurrent", "Tasks that may do work at the same time.")
        .value(stats.maxConcurrent());
    out.gauge("etl_queue_capacity", "Tasks that may wait.").value(stats.queueCapacity());
    out.gauge("etl_tasks_stored", "Tasks in the storage, by status.");
    for (TaskStatus status : TaskStatus.values()) {
      out.value(Map.of(STATUS, status.word()), stats.counts().of(status));
    }
    out.counter("etl_task_ends", "Tasks that have ended since the start.");
    for (StepMeasurements step : report.measurements().steps()) {
      out.total(ended(step, TaskStatus.COMPLETED), step.completed().sum());
      out.total(ended(step, TaskStatus.FAILED), step.failed().sum());
      out.total(ended(step, TaskStatus.CANCELLED), step.cancelled().sum());
    }
    out.counter("etl_attempts_retried", "Attempts that failed and were followed by another.");
    for (StepMeasurements step : report.measurements().steps()) {
      out.total(Map.of(STEP, step.name()), step.retried().sum());
    }
  }

  private static Map<String, String> ended(StepMeasurements step, TaskStatus status) {
    return labels(STEP, step.name(), STATUS, status.word());
  }

  private static void durations(OpenMetricsText out, ServerReport report) {
    Measurements measured = report.measurements();
    out.histogram("etl_attempt_duration_seconds", "How long attempts took, whatever came of them.");
    for (StepMeasurements step : measured.steps()) {
      out.durations(Map.of(STEP, step.name()), step.durations());
    }
    out.histogram("etl_queue_wait_seconds", "From acceptance to the first attempt.")
        .durations(Map.of(), measured.queueWait());
    out.histogram("etl_submit_duration_seconds", "From a request to its durable acceptance.")
        .durations(Map.of(), measured.submits());
    out.histogram("etl_store_write_duration_seconds", "One durable write of a file.")
        .durations(Map.of(), report.storeWrites());
  }

  private static void storage(OpenMetricsText out, ServerReport report) {
    out.gauge("etl_storage_records_bytes", "Size of the tasks' records.")
        .value(report.recordBytes());
    out.gauge("etl_storage_outputs_bytes", "Size of the published outputs.")
        .value(report.stats().storageBytes());
    out.gauge("etl_storage_free_bytes", "Free space of the storage folder's disk.")
        .value(report.stats().freeBytes());
    out.gauge("etl_cache_entries", "Finished records in the cache.")
        .value(report.cache().entries());
    out.counter("etl_cache_hits", "Finished records that were answered from the cache.")
        .total(report.cache().hits());
    out.counter("etl_cache_misses", "Finished records that were read from their files.")
        .total(report.cache().misses());
  }

  private static void engine(OpenMetricsText out, ServerReport report) {
    ServerStats stats = report.stats();
    out.gauge("etl_engine_threads", "Engine threads of all sessions together.")
        .value(stats.engineThreads());
    out.gauge("etl_engine_threads_in_use", "Engine threads that sessions hold.")
        .value(stats.engineThreads() - stats.engineThreadsFree());
    out.gauge("etl_engine_waiting", "Callers that wait for an engine session.")
        .value(report.engineWaiting());
    out.gauge("etl_engine_memory_limit_bytes", "Memory that all sessions together may use.")
        .value(report.engineMemoryBytes());
  }

  private static void process(OpenMetricsText out, ServerStats stats) {
    out.gauge("etl_uptime_seconds", "Time since the process began.")
        .seconds(stats.uptime().toMillis() / 1000.0);
    out.gauge("etl_heap_used_bytes", "Heap in use.").value(stats.heapUsedBytes());
    out.gauge("etl_heap_limit_bytes", "Largest heap.").value(stats.heapMaxBytes());
    out.gauge("etl_threads", "Threads of the process.")
        .value(ManagementFactory.getThreadMXBean().getThreadCount());
    ProcessMemory.residentBytes()
        .ifPresent(
            bytes ->
                out.gauge("etl_resident_memory_bytes", "Memory of the process, with the engine's.")
                    .value(bytes));
  }

  private static void requests(OpenMetricsText out, Measurements measured) {
    out.histogram("etl_http_request_duration_seconds", "From a request to its answer.");
    for (RouteMeasurements route : measured.routes()) {
      out.durations(route(route), route.durations());
    }
    out.counter("etl_http_responses", "Answers by kind of request and class of status.");
    for (RouteMeasurements route : measured.routes()) {
      for (int hundreds = 1; hundreds <= 5; hundreds++) {
        if (route.answers(hundreds) > 0) {
          Map<String, String> labels = route(route);
          labels.put(STATUS, hundreds + "xx");
          out.total(labels, route.answers(hundreds));
        }
      }
    }
  }

  private static Map<String, String> route(RouteMeasurements route) {
    return labels("method", route.route().method(), "route", route.route().path());
  }

  private static Map<String, String> labels(String... namesAndValues) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return labels;
  }
}
