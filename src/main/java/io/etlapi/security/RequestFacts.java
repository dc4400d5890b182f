package io.etlapi.security;

import java.util.List;
import java.util.Optional;

/**
 * What the guard knows of a request; no servlet type, so that every case can be tested.
 *
 * @param method as it was sent
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param rawPath the path as it was sent, not decoded
 * @param peerAddress the other end of the connection, a literal IP address
 * @param hosts every value of the header Host
 * @param forwardingHeaders names of the headers present that a proxy adds
 * @param origins every value of the header Origin
 * @param fetchSite the header Sec-Fetch-Site
 * @param preflightMethod the header Access-Control-Request-Method
 * @param contentType the header Content-Type
 * @param hasCookies whether there is a header Cookie
 * @param hasRequestedWith whether there is a header X-Requested-With, which no form can send
 * @param headers how many headers there are
 * @param query as it was sent; empty if there is none
 */
public record RequestFacts(
    String method,
    String scheme,
    String rawPath,
    String peerAddress,
    List<String> hosts,
    List<String> forwardingHeaders,
    List<String> origins,
    Optional<String> fetchSite,
    Optional<String> preflightMethod,
    Optional<String> contentType,
    boolean hasCookies,
    boolean hasRequestedWith,
    int headers,
    String query) {

  public RequestFacts {
    hosts = List.copyOf(hosts);
    forwardingHeaders = List.copyOf(forwardingHeaders);
    origins = List.copyOf(origins);
  }

  /** Whether the method may change something. */
  public boolean isStateChanging() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS" -> false;
      default -> true;
    };
  }

  /** Whether it shows what browsers send, and other clients do not have to. */
  boolean isOfBrowser() {
    return hasCookies || !origins.isEmpty() || fetchSite.isPresent();
  }
}
