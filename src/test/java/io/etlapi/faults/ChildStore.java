package io.etlapi.faults;

import io.etlapi.it.server.EtlClient;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreException;
import io.etlapi.store.TestStorage;
import io.etlapi.task.TaskId;
import jakarta.json.spi.JsonProvider;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ehcache.CacheManager;
import org.slf4j.Logger;

/** A storage folder on which one {@link StoreChild} after another lives and dies. */
final class ChildStore {

  private static final long END_LIMIT_SECONDS = 60;

  private final Path folder;
  private final Tally tally;
  private final String wrong;
  private final Promises promises = new Promises();

  /** What happens to the child when it has said so many lines. */
  @FunctionalInterface
  interface Injury {
    void inflict(Process child) throws Exception;
  }

  /**
   * A folder that is injured again and again.
   *
   * @param wrong a planted fault, or "-"
   */
  ChildStore(Path folder, String wrong, Tally tally) {
    this.folder = folder;
    this.wrong = wrong;
    this.tally = tally;
  }

  /**
   * One life: the child is injured when it has said so many lines (0: while it starts), what it
   * still says is heard, and it has to be gone then.
   *
   * @param before a program that the child is run by, such as strace with its options
   */
  void live(List<String> before, long seed, int lines, Injury injury) throws Exception {
    Process child = start(before, seed);
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      int heard = 0;
      boolean open = false;
      for (String line = ""; line != null && heard < lines; heard++) {
        line = said.readLine();
        open |= note(line);
      }
      tally.count(open ? "while it worked" : "while it started", 1);
      injury.inflict(child);
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        note(line);
      }
    } finally {
      if (!child.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        tally.broken(Tally.Breach.OTHER, "the child did not end");
      }
      child.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly().waitFor();
    }
  }

  /**
   * SIGKILL, through the handle: the process object would close the pipe with what it still said.
   */
  static void kill(Process child) {
    child.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
    child.toHandle().destroyForcibly();
  }

  /** Opens the folder in this process and holds it against what the child was told. */
  void check() throws IOException {
    check(folder);
  }

  /** As {@link #check()}, on a copy of the folder. */
  void check(Path copy) throws IOException {
    try (Storage storage = open(copy)) {
      promises.check(storage, tally);
    }
  }

  /**
   * Opens the folder once the process before has let go of it: one that is killed under strace is
   * nobody's child, and its last words end a moment before its lock does.
   */
  private static Storage open(Path folder) throws IOException {
    long begun = System.nanoTime();
    while (true) {
      try {
        return TestStorage.open(folder, disk -> disk);
      } catch (StoreException e) {
        boolean held = String.valueOf(e.getMessage()).contains("in use by another process");
        if (!held || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(END_LIMIT_SECONDS)) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }

  private Process start(List<String> before, long seed) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            classPath(),
            StoreChild.class.getName(),
            folder.toString(),
            Long.toString(seed),
            wrong));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Takes a line down; whether it said that the storage is open. The last one may be torn. */
  private boolean note(String line) {
    if (line == null) {
      return false;
    }
    String[] words = line.split(" ", -1);
    if (words.length == 3) {
      TaskId id = TaskId.parse(words[1]).orElseThrow();
      if (words[0].equals("A")) {
        promises.attempt(id, words[2]);
      } else {
        promises.acknowledge(id, words[2]);
        tally.count("acknowledgements", 1);
      }
    }
    return line.equals("open");
  }

  private static String classPath() {
    return Stream.of(
            Storage.class,
            StoreChild.class,
            EtlClient.class,
            JsonProvider.class,
            JsonProvider.provider().getClass(),
            CacheManager.class,
            Logger.class)
        .map(
            type ->
                Path.of(
                        URI.create(
                            type.getProtectionDomain().getCodeSource().getLocation().toString()))
                    .toString())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
