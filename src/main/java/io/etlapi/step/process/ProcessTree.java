package io.etlapi.step.process;

import io.etlapi.task.TaskId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * All processes of one attempt: those of its session, those that bear its mark in the environment
 * they were started with, and the children of either. So a child that leaves the session, or whose
 * parent has ended, is found as well. Used by one thread.
 */
public final class ProcessTree {

  /** The mark: every process that a task starts inherits it. */
  static final String MARK = "ETL_TASK_ID";

  /** How long a process may take to end by itself once it is asked to. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration KILLED_WITHIN = Duration.ofMillis(900);
  private static final long POLL_MILLIS = 20;
  private static final System.Logger LOG = System.getLogger(ProcessTree.class.getName());

  /** A process, which its pid alone does not name: pids are used again. */
  private record Identity(long pid, long started) {}

  private final String mark;
  private final Set<Long> sessions = new HashSet<>();
  private final Map<Identity, Boolean> known = new HashMap<>();

  /**
   * The processes of a task.
   *
   * @param leader the process that was started, which leads a session of its own
   */
  ProcessTree(TaskId task, long leader) {
    this(task);
    sessions.add(leader);
  }

  private ProcessTree(TaskId task) {
    this.mark = mark(task);
  }

  private static String mark(TaskId task) {
    return MARK + "=" + task;
  }

  /**
   * Ends what tasks have left running that a server which is gone had started.
   *
   * @return how many processes there were
   */
  public static int endOrphans(Collection<TaskId> tasks) {
    if (tasks.isEmpty() || !isSupported()) {
      return 0;
    }
    Map<String, TaskId> byMark = new HashMap<>();
    tasks.forEach(task -> byMark.put(mark(task), task));
    Set<TaskId> found = new HashSet<>();
    for (ProcessTable.Entry process : ProcessTable.list()) {
      for (String variable : ProcessTable.environment(process.pid()).split("\0", -1)) {
        TaskId task = byMark.get(variable);
        if (task != null) {
          found.add(task);
        }
      }
    }
    int ended = 0;
    for (TaskId task : found) {
      ProcessTree tree = new ProcessTree(task);
      List<ProcessTable.Entry> members = tree.members();
      LOG.log(
          System.Logger.Level.WARNING,
          "task " + task + " left " + names(members) + " running: ending it");
      ended += members.size();
      tree.end();
    }
    return ended;
  }

  /** Whether this machine lets us see and end process trees. */
  static boolean isSupported() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  /** The processes that are alive now. */
  List<ProcessTable.Entry> members() {
    List<ProcessTable.Entry> all = ProcessTable.list();
    long self = ProcessHandle.current().pid();
    Set<Long> pids = new HashSet<>();
    for (ProcessTable.Entry process : all) {
      if (process.pid() != self
          && known.computeIfAbsent(identity(process), key -> isMarked(process.pid()))) {
        pids.add(process.pid());
      }
    }
    // A marked process that leads its session owns it; the server's own session it does not own.
    pids.stream()
        .filter(pid -> all.stream().anyMatch(p -> p.pid() == pid && p.session() == pid))
        .forEach(sessions::add);
    boolean grew = true;
    while (grew) {
      grew = false;
      for (ProcessTable.Entry process : all) {
        if (process.pid() != self
            && (sessions.contains(process.session()) || pids.contains(process.parent()))
            && pids.add(process.pid())) {
          known.put(identity(process), true);
          grew = true;
        }
      }
    }
    return all.stream().filter(process -> pids.contains(process.pid())).toList();
  }

  private boolean isMarked(long pid) {
    String environment = ProcessTable.environment(pid);
    return environment.startsWith(mark + "\0") || environment.contains("\0" + mark + "\0");
  }

  private static Identity identity(ProcessTable.Entry process) {
    return new Identity(process.pid(), process.started());
  }

  /**
   * Ends them all within two seconds: asks, waits, kills. An interrupt does not shorten this; it is
   * kept for the caller.
   *
   * @return whether none is left
   */
  boolean end() {
    for (ProcessHandle process : handles()) {
      process.destroy();
    }
    if (awaitUninterrupted(GRACE, () -> members().isEmpty())) {
      return true;
    }
    // The group at one stroke first: one that forks all the time would outrun us.
    sessions.forEach(ProcessTree::killGroup);
    return awaitUninterrupted(
        KILLED_WITHIN,
        () -> {
          List<ProcessHandle> left = handles();
          left.forEach(ProcessHandle::destroyForcibly);
          return left.isEmpty();
        });
  }

  /** Waits for the end of them all; false if some are left when the time is up. */
  boolean awaitEnd(Duration limit) {
    return awaitUninterrupted(limit, () -> members().isEmpty());
  }

  /** What they are, for a message. */
  static String names(List<ProcessTable.Entry> processes) {
    List<String> names = new ArrayList<>();
    for (ProcessTable.Entry process : processes) {
      names.add(process.name());
    }
    String list = String.join(", ", names.stream().distinct().limit(5).toList());
    return names.size() + (names.size() == 1 ? " process (" : " processes (") + list + ")";
  }

  private List<ProcessHandle> handles() {
    List<ProcessHandle> handles = new ArrayList<>();
    members().forEach(member -> ProcessHandle.of(member.pid()).ifPresent(handles::add));
    return handles;
  }

  /** The JDK signals single processes only; the group's number is ours, nothing else is quoted. */
  private static void killGroup(long group) {
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- -" + group)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      awaitUninterrupted(KILLED_WITHIN, () -> !kill.isAlive());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the group " + group + " could not be signalled", e);
    }
  }

  private static boolean awaitUninterrupted(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      boolean holds = condition.getAsBoolean();
      while (!holds && System.nanoTime() - deadline < 0) {
        try {
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        holds = condition.getAsBoolean();
      }
      return holds;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
