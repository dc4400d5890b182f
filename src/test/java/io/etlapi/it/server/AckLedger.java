package io.etlapi.it.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the server has promised, as a client heard it: the ids it acknowledged, the stops it
 * acknowledged, and the ends it has shown. Thread-safe.
 */
public final class AckLedger {

  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Set<String> stopped = ConcurrentHashMap.newKeySet();
  private final Map<String, String> ends = new ConcurrentHashMap<>();

  public void accepted(String id) {
    accepted.add(id);
  }

  /** An answer to a stop other than {@code not_running}. */
  public void stopped(String id) {
    stopped.add(id);
  }

  /** A status word that was shown; kept if nothing may follow it. */
  public void seen(String id, String status) {
    if (EtlClient.isTerminal(status)) {
      ends.put(id, status);
    }
  }

  public int size() {
    return accepted.size();
  }

  public Set<String> ids() {
    return Set.copyOf(accepted);
  }

  /** Every promise that the server does not keep; empty when all is well. */
  public List<String> broken(EtlClient client) {
    List<String> broken = new ArrayList<>();
    for (String id : accepted) {
      Answer status = client.status(id);
      if (status.status() != 200) {
        broken.add(id + " was acknowledged and is now " + status);
        continue;
      }
      String now = status.string("status");
      String end = ends.get(id);
      if (end != null && !end.equals(now)) {
        broken.add(id + " was shown as " + end + " and is now " + now);
      }
      if (stopped.contains(id) && EtlClient.isTerminal(now) && !now.equals("cancelled")) {
        broken.add(id + " was stopped and is now " + now);
      }
      if (now.equals("completed") && status.at("output") == null) {
        broken.add(id + " is completed without its output");
      }
      if (now.equals("running") && status.at("started_at") == null) {
        broken.add(id + " runs without having started");
      }
    }
    return broken;
  }
}
