package io.etlapi.monitor;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Everything that is counted since the start. Thread-safe; recording takes no lock. */
public final class Measurements {

  /** Own steps come and go with their definitions; names beyond this many share one entry. */
  private static final int MAX_STEPS = 1000;

  private static final String OTHERS = "other_steps";

  private final ConcurrentSkipListMap<String, StepMeasurements> steps =
      new ConcurrentSkipListMap<>();
  private final ConcurrentHashMap<RouteMeasurements.Route, RouteMeasurements> routes =
      new ConcurrentHashMap<>();
  private final List<Consumer<StepMeasurements>> listeners = new CopyOnWriteArrayList<>();
  private final DurationHistogram attempts = new DurationHistogram();
  private final DurationHistogram queueWait = new DurationHistogram();
  private final DurationHistogram submits = new DurationHistogram();

  /** The entry of a step, made if there is none. */
  public StepMeasurements step(String name) {
    StepMeasurements known = steps.get(name);
    if (known != null) {
      return known;
    }
    StepMeasurements made = new StepMeasurements(steps.size() < MAX_STEPS ? name : OTHERS);
    StepMeasurements earlier = steps.putIfAbsent(made.name(), made);
    if (earlier != null) {
      return earlier;
    }
    listeners.forEach(listener -> listener.accept(made));
    return made;
  }

  /** Tells of every step that is measured, and of those to come, each at least once. */
  void onNewStep(Consumer<StepMeasurements> listener) {
    listeners.add(listener);
    steps.values().forEach(listener);
  }

  /** The entry of a kind of request, made if there is none; there are as many as resources. */
  public RouteMeasurements route(RouteMeasurements.Route route) {
    return routes.computeIfAbsent(route, RouteMeasurements::new);
  }

  /** All kinds of requests that were answered. */
  public List<RouteMeasurements> routes() {
    return routes.values().stream()
        .sorted(
            Comparator.comparing((RouteMeasurements entry) -> entry.route().path())
                .thenComparing(entry -> entry.route().method()))
        .toList();
  }

  /** How long attempts of all steps took. */
  public DurationHistogram attempts() {
    return attempts;
  }

  /** All steps that were measured, by name. */
  public Collection<StepMeasurements> steps() {
    return steps.values();
  }

  /** From acceptance to the start of the first attempt. */
  public DurationHistogram queueWait() {
    return queueWait;
  }

  /** From a request to run a step to its durable acceptance. */
  public DurationHistogram submits() {
    return submits;
  }

  /** Tasks that have ended with a result since the start. */
  public long completed() {
    return steps.values().stream().mapToLong(step -> step.completed().sum()).sum();
  }

  /** Tasks that have failed since the start. */
  public long failed() {
    return steps.values().stream().mapToLong(step -> step.failed().sum()).sum();
  }
}
