package io.etlapi.security;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which origins may send changes and read answers: the server's own and the configured ones. A
 * browser tells the origin of a page by the headers Origin and Sec-Fetch-Site and lets no page
 * forge them; a client that sends neither is no browser.
 */
final class Origins {

  private final Set<String> allowed;

  Origins(List<String> allowed) {
    this.allowed = allowed.stream().map(Origins::canonical).collect(Collectors.toUnmodifiableSet());
  }

  /** The origin of the request if it is a foreign one that is allowed, as it was sent. */
  Optional<String> allowedForeign(RequestFacts request) {
    return request.origins().size() == 1 && allowed.contains(canonical(request.origins().get(0)))
        ? Optional.of(request.origins().get(0))
        : Optional.empty();
  }

  /** Why a request may not change anything; empty if it may. */
  Optional<String> refusal(RequestFacts request) {
    if (!request.isStateChanging() || allowedForeign(request).isPresent()) {
      return Optional.empty();
    }
    if (request.origins().size() > 1
        || (request.origins().size() == 1 && !isOwn(request.origins().get(0), request))) {
      return Optional.of(
          "This request was sent by a web page of another origin, which may not change anything"
              + " here. Name its origin in ETL_CORS_ORIGINS to allow it.");
    }
    String site = request.fetchSite().map(value -> value.toLowerCase(Locale.ROOT)).orElse("none");
    if (!site.equals("none") && !site.equals("same-origin")) {
      return Optional.of(
          "This request was sent by a web page of another site (Sec-Fetch-Site), which may not"
              + " change anything here. Name its origin in ETL_CORS_ORIGINS to allow it.");
    }
    return Optional.empty();
  }

  private static boolean isOwn(String origin, RequestFacts request) {
    return request.hosts().size() == 1
        && canonical(origin).equals(canonical(request.scheme() + "://" + request.hosts().get(0)));
  }

  /** Lower case and without the port that the scheme implies. */
  private static String canonical(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") && lower.endsWith(":80")) {
      return lower.substring(0, lower.length() - 3);
    }
    if (lower.startsWith("https://") && lower.endsWith(":443")) {
      return lower.substring(0, lower.length() - 4);
    }
    return lower;
  }
}
