package io.etlapi.http.live;

import io.etlapi.config.EtlConfig;
import io.etlapi.execution.LogPage;
import io.etlapi.execution.ServerStats;
import io.etlapi.execution.TaskFeed;
import io.etlapi.execution.TaskManager;
import io.etlapi.http.BuildVersion;
import io.etlapi.http.StatsView;
import io.etlapi.http.ViewWriter;
import io.etlapi.json.Json;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskSummary;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows what happened lately and who listens. Everything is done by short turns of a shared
 * scheduler: a listener takes no thread. Thread-safe.
 */
@ApplicationScoped
public class LiveEvents {

  private static final System.Logger LOG = System.getLogger(LiveEvents.class.getName());

  /** Some minutes of a busy server; a few megabytes at most. */
  private static final int RING = 8192;

  private static final Duration TURN = Duration.ofMillis(500);
  private static final long HEARTBEAT_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long STATS_NANOS = Duration.ofSeconds(5).toNanos();

  /** A connection that takes nothing for so long is given up; the client comes back if it lives. */
  private static final long STUCK_NANOS = Duration.ofMinutes(1).toNanos();

  private static final int LOG_PAGE_BYTES = 64 * 1024;

  @Inject TaskManager tasks;
  @Inject BuildVersion version;
  @Inject EtlConfig config;
  @Inject Clock clock;

  private final String boot = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
  private final EventRing ring = new EventRing(RING);
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean signalling = new AtomicBoolean();
  private @Nullable Semaphore places;
  private volatile @Nullable TaskFeed feed;
  private @Nullable Future<?> turns;
  private volatile boolean closed;

  // Only the turns look at these.
  private Map<TaskId, TaskFeed.Progress> toldProgress = new HashMap<>();
  private List<Object> toldCounts = List.of();
  private long toldCountsAt;
  private Set<TaskId> endedBefore = Set.of();

  /** The newest events. */
  EventRing ring() {
    return ring;
  }

  /** Names this run of the server: sequences of another one mean nothing. */
  String boot() {
    return boot;
  }

  /**
   * Checks that there is something to follow.
   *
   * @throws TaskException if the task is unknown or the server is not ready
   */
  TaskFeed require(Subscription subscription) {
    TaskFeed open = feed();
    subscription
        .task()
        .filter(id -> open.find(id).isEmpty())
        .ifPresent(
            id -> {
              throw TaskException.unknownTask(id.toString());
            });
    return open;
  }

  /** Whether a log has ended and the client has all of it, so that it need not come back. */
  boolean hasAll(Subscription subscription, Optional<EventId> last) {
    return subscription.kind() == Subscription.Kind.LOG
        && last.isPresent()
        && subscription
            .task()
            .filter(id -> hasEnded(feed(), id) && last.get().logOffset() >= feed().logSize(id))
            .isPresent();
  }

  /** Takes one of the places for listeners; false if all are taken. */
  boolean takePlace() {
    return !closed && places().tryAcquire();
  }

  /** Gives back a place of a stream that did not begin. */
  void returnPlace() {
    places().release();
  }

  /**
   * Begins a stream on a request. The place that was taken for it is the stream's from now on, even
   * if this fails.
   *
   * @param last the newest event that the client has; empty for a new client
   * @param resumes whether the client said that it has one, be it one of ours or not
   */
  void begin(
      Subscription subscription, Optional<EventId> last, boolean resumes, AsyncContext context)
      throws IOException {
    EventStream stream;
    try {
      stream = stream(subscription, last, resumes, context);
    } catch (IOException | RuntimeException e) {
      returnPlace();
      context.complete();
      throw e;
    }
    streams.add(stream);
    try {
      context.addListener(stream);
      context.getResponse().getOutputStream().setWriteListener(stream);
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
    if (closed) {
      stream.close();
    }
  }

  private EventStream stream(
      Subscription subscription, Optional<EventId> last, boolean resumes, AsyncContext context)
      throws IOException {
    TaskFeed open = feed();
    boolean known =
        last.filter(id -> id.boot().equals(boot) && ring.reachesBackTo(id.sequence())).isPresent();
    EventId from =
        new EventId(
            boot,
            known ? last.get().sequence() : ring.newest(),
            last.map(EventId::logOffset)
                .filter(offset -> offset > 0)
                .orElse(subscription.logOffset()));
    Optional<String> task =
        subscription
            .task()
            .filter(id -> subscription.kind() == Subscription.Kind.TASK && !known)
            .flatMap(open::find)
            .map(now -> ViewWriter.json(LiveTaskView.of(now, open)));
    return new EventStream(
        this, subscription, context, from, resumes && !known, hello(), task.orElse(null));
  }

  /** Takes a stream off the list, which frees its place; false if it was off. */
  boolean forget(EventStream stream) {
    boolean listed = streams.remove(stream);
    if (listed) {
      places().release();
    }
    return listed;
  }

  /** What of a log comes next. */
  LogPage log(Subscription subscription, long offset) {
    return subscription
        .task()
        .map(id -> feed().log(id, offset, LOG_PAGE_BYTES))
        .orElse(new LogPage("", offset));
  }

  private String hello() {
    Map<String, String> hello = new LinkedHashMap<>();
    hello.put("server_time", clock.instant().toString());
    hello.put("boot", boot);
    hello.put("version", version.text());
    return Json.write(hello);
  }

  private synchronized Semaphore places() {
    if (places == null) {
      places = new Semaphore(config.http().maxListeners());
    }
    return places;
  }

  /** Begins to listen to the tasks when the first client does. */
  private TaskFeed feed() {
    TaskFeed open = feed;
    return open == null ? openFeed() : open;
  }

  private synchronized TaskFeed openFeed() {
    if (feed == null) {
      TaskFeed opened = tasks.feed();
      opened.watch(
          new TaskFeed.Watcher() {
            @Override
            public void changed(TaskSummary task) {
              append("task", about(task.id(), task.parentId()), () -> json(task, opened));
            }

            @Override
            public void removed(List<TaskId> ids) {
              append(
                  "removed",
                  Set.copyOf(ids),
                  () ->
                      Json.write(Map.of("task_ids", ids.stream().map(TaskId::toString).toList())));
            }
          });
      turns = opened.every(TURN, this::turn);
      feed = opened;
    }
    return Objects.requireNonNull(feed);
  }

  private static String json(TaskSummary task, TaskFeed feed) {
    return ViewWriter.json(LiveTaskView.of(task, feed));
  }

  private static Set<TaskId> about(TaskId id, @Nullable TaskId parent) {
    return parent == null ? Set.of(id) : Set.of(id, parent);
  }

  private void append(String name, Set<TaskId> about, Supplier<String> json) {
    ring.append(name, about, json);
    if (!streams.isEmpty() && signalling.compareAndSet(false, true)) {
      // Soon for a few listeners; for many, more events at once.
      feed().later(Duration.ofMillis(20 + streams.size() / 4), this::signalAll);
    }
  }

  private void signalAll() {
    signalling.set(false);
    streams.forEach(EventStream::signal);
  }

  /** What has to be looked for because nobody tells it. */
  private void turn() {
    if (streams.isEmpty()) {
      return;
    }
    try {
      TaskFeed open = feed();
      tellProgress(open);
      tellStats();
      followLogs(open);
      long now = System.nanoTime();
      for (EventStream stream : streams) {
        if (!stream.isStillAllowed()
            || (stream.stuckSince() != 0 && now - stream.stuckSince() > STUCK_NANOS)) {
          stream.close();
        } else if (now - stream.wroteAt() > HEARTBEAT_NANOS) {
          stream.heartbeat();
        }
      }
    } catch (RuntimeException e) {
      // The next turn may do better; without this there would be none.
      LOG.log(System.Logger.Level.WARNING, "live events could not be told", e);
    }
  }

  private void tellProgress(TaskFeed open) {
    Map<TaskId, TaskFeed.Progress> current = new HashMap<>();
    for (TaskFeed.Progress progress : open.progress()) {
      current.put(progress.id(), progress);
      if (!progress.equals(toldProgress.get(progress.id()))) {
        append(
            "progress",
            about(progress.id(), progress.parentId().orElse(null)),
            () -> json(progress));
      }
    }
    toldProgress = current;
  }

  private static String json(TaskFeed.Progress progress) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("task_id", progress.id().toString());
    data.put("progress", progress.percent());
    data.put("message", progress.stage());
    return Json.write(data);
  }

  private void tellStats() {
    long now = System.nanoTime();
    if (toldCountsAt != 0 && now - toldCountsAt < STATS_NANOS) {
      return;
    }
    toldCountsAt = now;
    ServerStats stats = tasks.stats();
    List<Object> counts = List.of(stats.running(), stats.queued(), stats.counts());
    if (!counts.equals(toldCounts)) {
      toldCounts = counts;
      append("stats", Set.of(), () -> ViewWriter.json(StatsView.of(stats)));
    }
  }

  private void followLogs(TaskFeed open) {
    Map<TaskId, Long> sizes = new HashMap<>();
    Set<TaskId> ended = new HashSet<>();
    for (EventStream stream : streams) {
      Subscription subscription = stream.subscription();
      if (!subscription.hasLog() || subscription.task().isEmpty()) {
        continue;
      }
      TaskId id = subscription.task().get();
      if (!sizes.containsKey(id) && hasEnded(open, id)) {
        ended.add(id);
      }
      if (sizes.computeIfAbsent(id, open::logSize) > stream.logOffset()) {
        stream.logGrew();
      } else if (subscription.kind() == Subscription.Kind.LOG && endedBefore.contains(id)) {
        // One turn later: the last lines come after the end.
        stream.end(endOf(open, id));
      }
    }
    endedBefore = ended;
  }

  private static boolean hasEnded(TaskFeed feed, TaskId id) {
    return feed.find(id).map(task -> task.status().isTerminal()).orElse(true);
  }

  private static String endOf(TaskFeed open, TaskId id) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("task_id", id.toString());
    data.put("status", open.find(id).map(task -> task.status().word()).orElse("removed"));
    return Json.write(data);
  }

  /** Ends every stream; clients come back to the next run of the server. */
  @PreDestroy
  public void close() {
    closed = true;
    synchronized (this) {
      if (turns != null) {
        turns.cancel(false);
      }
    }
    streams.forEach(EventStream::close);
  }
}
