package io.etlapi.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What to measure.
 *
 * @param sections of {@link #SECTIONS}
 * @param smoke whether only to see that everything works: figures mean nothing
 * @param full whether with ten million rows and a million stored tasks
 * @param profile whether servers write recordings of the JDK Flight Recorder
 * @param records of each side of the control, and rows of the workflow steps
 * @param stored so many finished tasks one after the other
 * @param starts of each server, for the mean
 * @param atOnce tasks that run at once
 * @param clients that poll
 * @param window of each rate
 * @param frontend how long the clients poll
 * @param folder for servers, storages and generated files; emptied
 */
record Options(
    Set<String> sections,
    boolean smoke,
    boolean full,
    boolean profile,
    int records,
    List<Integer> stored,
    int starts,
    int atOnce,
    int clients,
    Duration window,
    Duration frontend,
    Path folder) {

  static final List<String> SECTIONS =
      List.of("start", "status", "submit", "engine", "control", "stored");

  /**
   * Reads the command line: names of sections (all if none is named), and {@code full} (a million
   * stored tasks, ten million rows) or {@code smoke} (seconds); {@code profile} for recordings.
   */
  static Options parse(List<String> arguments) {
    Path folder = Path.of("target", "bench", "work").toAbsolutePath();
    List<String> named = new ArrayList<>(arguments);
    boolean full = named.remove("full");
    boolean smoke = named.remove("smoke");
    boolean profile = named.remove("profile");
    if (!SECTIONS.containsAll(named)) {
      throw new IllegalArgumentException(
          named + ": give any of " + SECTIONS + ", full or smoke, profile");
    }
    Set<String> sections = Set.copyOf(named.isEmpty() ? SECTIONS : named);
    if (smoke) {
      return new Options(
          sections,
          true,
          false,
          profile,
          1_000,
          List.of(200),
          1,
          3,
          20,
          Duration.ofMillis(200),
          Duration.ofSeconds(1),
          folder);
    }
    return new Options(
        sections,
        false,
        full,
        profile,
        full ? 10_000_000 : 1_000_000,
        full ? List.of(10_000, 100_000, 1_000_000) : List.of(10_000, 100_000),
        2,
        25,
        1_000,
        Duration.ofMillis(2_500),
        Duration.ofSeconds(full ? 120 : 30),
        folder);
  }
}
