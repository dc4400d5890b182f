package io.etlapi.security;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a request really comes from, when a proxy that is trusted has passed it on. What any other
 * peer says about that is not believed. Immutable.
 */
public final class Proxies {

  private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
  private static final int MAX_HOPS = 20;

  private final Set<String> trusted;

  /**
   * Trusts some peers.
   *
   * @param trusted literal IP addresses
   */
  public Proxies(List<String> trusted) {
    this.trusted = Set.copyOf(trusted);
  }

  /** Whether the peer is a proxy that is trusted. */
  public boolean isTrusted(String peer) {
    return trusted.contains(peer);
  }

  /**
   * The address of the client: the last one in X-Forwarded-For that is no trusted proxy's.
   *
   * @param forwardedFor the values of the header, in order
   */
  public String client(String peer, List<String> forwardedFor) {
    if (!isTrusted(peer) || forwardedFor.isEmpty()) {
      return peer;
    }
    String[] hops = String.join(",", forwardedFor).split(",", -1);
    for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS); i--) {
      String hop = hops[i].strip();
      if (!ADDRESS.matcher(hop).matches()) {
        return peer;
      }
      if (!trusted.contains(hop)) {
        return hop;
      }
    }
    return peer;
  }

  /**
   * The scheme that the client used.
   *
   * @param forwardedProto the values of the header X-Forwarded-Proto
   */
  public String scheme(String peer, String scheme, List<String> forwardedProto) {
    if (isTrusted(peer) && forwardedProto.size() == 1) {
      String said = forwardedProto.get(0).strip().toLowerCase(Locale.ROOT);
      if (said.equals("http") || said.equals("https")) {
        return said;
      }
    }
    return scheme;
  }
}
