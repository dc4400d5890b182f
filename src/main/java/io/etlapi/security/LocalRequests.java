package io.etlapi.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells requests that really come from this machine. The peer's address alone is not enough: a
 * proxy on this machine passes on what comes from anywhere, and a web page can point a name of its
 * own at 127.0.0.1 (DNS rebinding), which the Host header gives away.
 */
final class LocalRequests {

  private static final Pattern LOCAL_HOST =
      Pattern.compile(
          "(?:localhost|127(?:\\.\\d{1,3}){3}|\\[(?:::1|0:0:0:0:0:0:0:1)])(?::\\d{1,5})?");

  private static final Pattern LITERAL_ADDRESS =
      Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*");

  private static final String REMEDY =
      " As long as no credentials are configured, only requests from the machine that the server"
          + " runs on are served: call it there as http://localhost:<port>, without a proxy.";

  private LocalRequests() {}

  /** Why a request is not taken for a local one; empty if it is one. */
  static Optional<String> refusal(RequestFacts request) {
    if (!isLoopback(request.peerAddress())) {
      return Optional.of("This request comes from another machine." + REMEDY);
    }
    if (!request.forwardingHeaders().isEmpty()) {
      return Optional.of(
          "This request was passed on by a proxy (it has the header "
              + request.forwardingHeaders().get(0)
              + ")."
              + REMEDY);
    }
    if (request.hosts().size() != 1) {
      return Optional.of(
          "This request has "
              + (request.hosts().isEmpty() ? "no Host header." : "more than one Host header.")
              + REMEDY);
    }
    if (!LOCAL_HOST.matcher(request.hosts().get(0).toLowerCase(Locale.ROOT)).matches()) {
      return Optional.of("The Host header of this request does not name this machine." + REMEDY);
    }
    return Optional.empty();
  }

  /** Only literal addresses are looked at: a name must never cause a look-up. */
  static boolean isLoopback(String address) {
    String bare = address.toLowerCase(Locale.ROOT);
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    int zone = bare.indexOf('%');
    if (zone >= 0) {
      bare = bare.substring(0, zone);
    }
    if (!LITERAL_ADDRESS.matcher(bare).matches()) {
      return false;
    }
    try {
      return InetAddress.getByName(bare).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
