package io.etlapi.security;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the requests that each client address has under way, so that one client alone cannot take
 * every thread. Holds no more than there are requests. Thread-safe.
 */
public final class ClientRequests {

  private final ConcurrentHashMap<String, Integer> underWay = new ConcurrentHashMap<>();
  private final int limit;

  /**
   * Nothing is under way.
   *
   * @param limit requests of one address at the same time
   */
  public ClientRequests(int limit) {
    this.limit = limit;
  }

  /** Whether a request of this client may begin; each that may must {@link #end}. */
  public boolean begin(String client) {
    String key = FailureLimit.network(client);
    int now = underWay.merge(key, 1, Integer::sum);
    if (now <= limit) {
      return true;
    }
    end(client);
    return false;
  }

  /** A request of this client is over. */
  public void end(String client) {
    underWay.computeIfPresent(
        FailureLimit.network(client), (key, count) -> count == 1 ? null : count - 1);
  }

  int clients() {
    return underWay.size();
  }
}
