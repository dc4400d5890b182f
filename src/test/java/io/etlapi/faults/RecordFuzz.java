package io.etlapi.faults;

import io.etlapi.faults.Tally.Breach;
import io.etlapi.store.Storage;
import io.etlapi.store.StoreException;
import io.etlapi.store.TestStorage;
import io.etlapi.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Task files with bytes that nobody wrote there: the start reads them, sets them aside or says why
 * it does not begin, and never touches a task that is whole.
 */
final class RecordFuzz implements Section {

  private static final List<String> WORDS =
      List.of("null", "{", "}", "[", "\"", "-1", "1e999", "\"format\": \"2.0\"", "true", "\\ud800");

  @Override
  public String name() {
    return "record-fuzz";
  }

  @Override
  public String title() {
    return "store: task files, snapshot and clock with random faults in them";
  }

  @Override
  public String unit() {
    return "folders";
  }

  @Override
  public int parts(Scale scale) {
    return 1;
  }

  @Override
  public void run(Scale scale, int part, long seed, Tally tally) throws Exception {
    Random random = new Random(seed);
    long until =
        System.nanoTime() + scale.of(3, (int) Duration.ofMinutes(5).toSeconds()) * 1_000_000_000L;
    while (System.nanoTime() < until) {
      Path folder = WorkFolder.inMemory("record-fuzz");
      Promises promises = new Promises();
      fill(folder, promises, random.nextLong());
      Path victim = injure(folder, random);
      check(folder, victim, promises, tally);
      tally.count("folders", 1);
    }
  }

  private static void fill(Path folder, Promises promises, long seed)
      throws IOException, InterruptedException {
    try (Storage storage = TestStorage.open(folder, disk -> disk)) {
      StoreLife life =
          new StoreLife(
              storage,
              new StoreLife.Account() {
                @Override
                public void attempt(TaskId id, String state) {
                  promises.attempt(id, state);
                }

                @Override
                public void acknowledge(TaskId id, String state) {
                  promises.acknowledge(id, state);
                }
              },
              seed);
      for (int change = 0; change < 20; change++) {
        life.step();
      }
    }
  }

  /** Damages one file of the folder itself: a task's, the snapshot, the clock. */
  private static Path injure(Path folder, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> Files.isRegularFile(file) && !file.endsWith(".lock"))
              .sorted()
              .toList();
    }
    Path victim = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(victim);
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      bytes = mutated(bytes, random);
    }
    Files.write(victim, bytes);
    return victim;
  }

  /** Another content, near the one given. */
  static byte[] mutated(byte[] bytes, Random random) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    byte[] word =
        WORDS.get(random.nextInt(WORDS.size())).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    List<byte[]> parts = new ArrayList<>();
    byte[] head = java.util.Arrays.copyOf(bytes, at);
    byte[] tail = java.util.Arrays.copyOfRange(bytes, at, bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> parts.add(head);
      case 1 -> {
        parts.add(head);
        parts.add(word);
        parts.add(tail);
      }
      case 2 -> {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
          flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        parts.add(flipped);
      }
      case 3 -> {
        parts.add(head);
        parts.add(java.util.Arrays.copyOfRange(tail, Math.min(tail.length, 10), tail.length));
      }
      default -> {
        parts.add(head);
        parts.add(bytes);
      }
    }
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    parts.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static void check(Path folder, Path victim, Promises promises, Tally tally)
      throws IOException {
    String name = String.valueOf(victim.getFileName());
    TaskId task = TaskId.parse(name.replace(".json", "")).orElse(null);
    try (Storage storage = TestStorage.open(folder, disk -> disk)) {
      tally.count("opened", 1);
      for (TaskId id : promises.ids()) {
        String now = storage.tasks().find(id).map(Promises::state).orElse(Promises.NONE);
        if (!id.equals(task) && !now.equals(promises.acknowledged(id))) {
          tally.broken(Breach.LOST, id + " beside the damaged " + name + " is " + now);
        }
      }
      tally.count("set aside", TestStorage.quarantined(storage).size());
    } catch (StoreException e) {
      // A later format, as far as anybody can tell: refused, and the folder is as it was.
      tally.count("refused", 1);
      if (!Files.exists(victim)) {
        tally.broken(Breach.LOST, name + " is gone after: " + e.getMessage());
      }
    } catch (RuntimeException e) {
      tally.broken(Breach.OTHER, name + ": " + e);
    }
  }
}
