package io.etlapi.step;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The steps by name, in a fixed order: those the server comes with, then the operator's own. The
 * latter are replaced as a whole; who has taken a step out keeps it. Thread-safe.
 */
public final class StepCatalog {

  private final Map<String, Step> shipped;
  private volatile Map<String, Step> all;

  /**
   * A catalogue in the order given.
   *
   * @throws IllegalArgumentException if two steps have the same name
   */
  public StepCatalog(Iterable<? extends Step> shipped) {
    this.shipped = extended(Map.of(), shipped);
    this.all = this.shipped;
  }

  /**
   * Puts other steps in the place of the operator's own, all at once.
   *
   * @throws IllegalArgumentException if a name is taken; nothing has changed then
   */
  public void replaceOwn(Iterable<? extends Step> own) {
    all = extended(shipped, own);
  }

  /** Whether the server comes with a step of this name. */
  public boolean isShipped(String name) {
    return shipped.containsKey(name);
  }

  public Optional<Step> find(String name) {
    return Optional.ofNullable(all.get(name));
  }

  public Collection<Step> all() {
    return all.values();
  }

  /** The known name nearest to {@code name}, if one is near enough to be meant. */
  public Optional<String> nearest(String name) {
    return NearestName.of(name, all.keySet());
  }

  private static Map<String, Step> extended(
      Map<String, Step> base, Iterable<? extends Step> further) {
    Map<String, Step> byName = new LinkedHashMap<>(base);
    for (Step step : further) {
      String name = step.describe().name();
      if (byName.put(name, step) != null) {
        throw new IllegalArgumentException("two steps are named " + name);
      }
    }
    return Collections.unmodifiableMap(byName);
  }
}
