package io.etlapi.http;

import io.etlapi.config.EffectiveSettings;
import io.etlapi.config.Setting;
import io.etlapi.execution.ServerDesk;
import io.etlapi.execution.ServerReport;
import io.etlapi.execution.ServerStats;
import io.etlapi.monitor.DurationHistogram;
import io.etlapi.monitor.ProcessMemory;
import io.etlapi.monitor.StepMeasurements;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Puts together what the server says about itself. */
@ApplicationScoped
public class ServerViews {

  @Inject EffectiveSettings settings;
  @Inject BuildVersion version;
  @Inject ServletContext context;

  ServerView now(ServerDesk desk) {
    ServerReport report = desk.report();
    ServerStats stats = report.stats();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    OptionalLong resident = ProcessMemory.residentBytes();
    return new ServerView(
        version.text(),
        version.build(),
        property("java.vendor") + " " + property("java.runtime.version"),
        String.valueOf(context.getServerInfo()),
        property("os.name") + " " + property("os.version") + " " + property("os.arch"),
        Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
        stats.uptime().toSeconds(),
        new ServerView.Storage(
            stats.storageDirectory().toString(),
            report.recordBytes() + stats.storageBytes(),
            stats.freeBytes(),
            stats.counts().total(),
            stats.storageBytes()),
        new ServerView.Memory(
            stats.heapUsedBytes(),
            stats.heapMaxBytes(),
            resident.isPresent() ? (Long) resident.getAsLong() : null),
        new ServerView.Engine(
            report.engineVersion(),
            stats.engineThreads(),
            stats.engineThreads() - stats.engineThreadsFree(),
            report.engineWaiting(),
            report.engineMemoryBytes()),
        new ServerView.Threads(threads.getThreadCount(), threads.getPeakThreadCount()),
        new ServerView.Queue(
            stats.running(),
            stats.maxConcurrent(),
            stats.queued(),
            stats.queueCapacity(),
            report.paused()),
        new ServerView.Cache(
            report.cache().entries(), report.cache().hits(), report.cache().misses()),
        report.measurements().steps().stream()
            .filter(step -> step.durations().count() > 0 || step.runs() > 0)
            .map(ServerViews::figures)
            .toList(),
        settings.settings().stream().map(ServerViews::shown).toList(),
        new ServerView.Health(stats.isHealthy() ? "healthy" : "unhealthy", stats.faults()),
        report.lastFailure().orElse(null));
  }

  DiagnosticsArchive archive(ServerDesk desk) {
    ServerReport report = desk.report();
    return new DiagnosticsArchive(
        now(desk),
        StatsView.of(report.stats()),
        HistoryView.of(desk.history()),
        report.recovery(),
        desk.recentLog());
  }

  private static ServerView.StepFigures figures(StepMeasurements step) {
    DurationHistogram durations = step.durations();
    return new ServerView.StepFigures(
        step.name(),
        step.runs(),
        step.failed().sum(),
        durations.quantileMillis(0.5),
        durations.quantileMillis(0.95),
        durations.quantileMillis(0.99));
  }

  private static Map<String, String> shown(Setting setting) {
    Map<String, String> shown = new LinkedHashMap<>();
    shown.put("key", setting.key());
    shown.put("value", setting.value());
    shown.put("source", setting.source());
    shown.put("default", setting.fallback());
    return shown;
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
