package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestGuardTest {

  private static final String LISTED = "https://etl.example.org";

  private final RequestGuard guard = new RequestGuard(List.of(LISTED));

  @Test
  void aClientOnThisMachineThatIsNoBrowserPasses() {
    assertPasses(new Request());
    assertPasses(new Request().method("POST"));
    assertPasses(new Request().method("DELETE"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.9.1",
        "::1",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1",
        "0:0:0:0:0:ffff:7f00:1",
        "::1%lo",
        "[::1]"
      })
  void everySpellingOfTheLoopbackAddressIsThisMachine(String address) {
    assertPasses(new Request().peer(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.168.1.5",
        "10.0.0.1",
        "0.0.0.0",
        "::",
        "128.0.0.1",
        "1.127.0.0",
        "::ffff:10.0.0.1",
        "fe80::1%lo",
        "2001:db8::1",
        "localhost",
        "127.0.0.1.example.org",
        "127.1",
        "2130706433",
        "",
        "unknown"
      })
  void everyOtherPeerIsRefused(String address) {
    assertForbidden(new Request().peer(address), "another machine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8000",
        "LocalHost:65535",
        "127.0.0.1",
        "127.0.0.1:8000",
        "127.5.5.5:1",
        "[::1]",
        "[::1]:8000"
      })
  void everyLocalNameIsTaken(String host) {
    assertPasses(new Request().host(host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org",
        "localhost.example.org",
        "example.org:8000",
        "127.0.0.1.example.org",
        "127.0.0.1@example.org",
        "localhost:8000@example.org",
        "[::1].example.org",
        "[::2]",
        "10.0.0.1",
        "0.0.0.0:8000",
        "localhost:",
        "localhost, example.org",
        "",
        " "
      })
  void everyOtherHostIsRefusedBecauseANameCanBePointedHere(String host) {
    assertForbidden(new Request().host(host), "Host header");
  }

  @Test
  void aRequestWithoutExactlyOneHostIsRefused() {
    assertForbidden(new Request().hosts(List.of()), "no Host header");
    assertForbidden(new Request().hosts(List.of("localhost", "localhost")), "more than one");
  }

  @Test
  void whatAProxyPassesOnIsRefusedWhereverItComesFrom() {
    assertForbidden(new Request().forwarding("X-Forwarded-For"), "X-Forwarded-For");
  }

  @Test
  void everyRefusalOfAForeignRequestSaysWhatToDo() {
    assertForbidden(new Request().peer("10.0.0.1"), "http://localhost");
    assertForbidden(new Request().host("x"), "no credentials are configured");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "DELETE", "PUT", "PATCH", "TRACE", "post", "UNHEARD-OF"})
  void aPageOfAnotherOriginChangesNothing(String method) {
    assertForbidden(
        new Request().method(method).origin("https://evil.example"), "ETL_CORS_ORIGINS");
    assertForbidden(new Request().method(method).origin("null"), "another origin");
    assertForbidden(new Request().method(method).origin("http://localhost:3000"), "origin");
    assertForbidden(new Request().method(method).origin("https://localhost:8000"), "origin");
    assertForbidden(new Request().method(method).site("cross-site"), "Sec-Fetch-Site");
    assertForbidden(new Request().method(method).site("same-site"), "Sec-Fetch-Site");
  }

  @Test
  void oneGoodOriginBesideABadOneIsNotEnough() {
    assertForbidden(
        new Request().method("POST").origins(List.of("http://localhost:8000", LISTED)), "origin");
  }

  @Test
  void anOwnPageMayChangeThings() {
    assertPasses(new Request().method("POST").origin("http://localhost:8000").site("same-origin"));
    assertPasses(new Request().method("POST").origin("HTTP://LOCALHOST:8000"));
    assertPasses(new Request().method("POST").host("localhost").origin("http://localhost:80"));
    assertPasses(new Request().method("POST").host("localhost:80").origin("http://localhost"));
    assertPasses(new Request().method("POST").site("none"));
  }

  @Test
  void anOwnOriginDoesNotExcuseAForeignSite() {
    assertForbidden(
        new Request().method("POST").origin("http://localhost:8000").site("cross-site"),
        "Sec-Fetch-Site");
  }

  @Test
  void aListedPageMayChangeThingsAndReadTheAnswer() {
    Verdict verdict = decide(new Request().method("POST").origin(LISTED).site("cross-site"));
    assertEquals(new Verdict.Pass(Optional.of(LISTED)), verdict);
  }

  @Test
  void aForeignPageMayCauseAReadButNotSeeTheAnswer() {
    assertEquals(
        new Verdict.Pass(Optional.empty()),
        decide(new Request().origin("https://evil.example").site("cross-site")));
  }

  @Test
  void withoutListedOriginsNoPageReadsAnything() {
    assertEquals(
        new Verdict.Pass(Optional.empty()),
        new RequestGuard(List.of()).decide(new Request().origin(LISTED).facts(), false));
  }

  @Test
  void thePreflightOfAListedPageIsAnsweredAndAnyOtherRefused() {
    assertEquals(
        new Verdict.Preflight(LISTED),
        decide(new Request().method("OPTIONS").origin(LISTED).preflight("POST")));
    assertForbidden(
        new Request().method("OPTIONS").origin("https://evil.example").preflight("POST"),
        "ETL_CORS_ORIGINS");
  }

  @Test
  void anOptionsRequestThatIsNoPreflightPasses() {
    assertPasses(new Request().method("OPTIONS"));
  }

  @Test
  void aListedOriginDoesNotOpenTheServerToOtherMachines() {
    assertForbidden(new Request().peer("10.0.0.1").origin(LISTED), "another machine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/status/..%2f..%2fetc",
        "/status/%5c..",
        "/steps;jsessionid=1",
        "/steps%3bx",
        "/%00",
        "/a\\b",
        "/a\u0000",
        "/%0d%0aX: y",
        "/%zz",
        "/%2"
      })
  void aPathThatServersReadDifferentlyIsRefused(String path) {
    Verdict.Refused refused =
        assertInstanceOf(Verdict.Refused.class, decide(new Request().path(path)));
    assertEquals(400, refused.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/run/read_csv", "/run/caf%C3%A9", "/a%20b", "/status/x%25"})
  void anOrdinaryPathPasses(String path) {
    assertPasses(new Request().path(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/status/..", "/run/../tokens", "/%2e%2E/x", "/a/./b", "/.", "/x/%2e"})
  void aSegmentOfDotsIsRefusedBecauseAServerResolvesItLater(String path) {
    Verdict.Refused refused =
        assertInstanceOf(Verdict.Refused.class, decide(new Request().path(path)));
    assertEquals(400, refused.status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        ""
      })
  void whatAFormCanSendChangesNothing(String type) {
    assertForbidden(
        new Request().method("POST").cookies().contentType(type), "Content-Type: application/json");
    assertForbidden(new Request().method("POST").cookies().contentType(null), "X-Requested-With");
    assertForbidden(
        new Request().method("POST").origin("http://localhost:8000").contentType(type), "form");
    assertForbidden(new Request().method("POST").site("same-origin").contentType(type), "form");
  }

  @Test
  void jsonOrAHeaderOfItsOwnTellsAPageFromAForm() {
    assertPasses(new Request().method("POST").cookies().contentType("application/json"));
    assertPasses(new Request().method("POST").cookies().contentType("Application/JSON;charset=x"));
    assertPasses(new Request().method("DELETE").cookies().contentType(null).requestedWith());
  }

  @Test
  void aClientThatIsNoBrowserNeedsNoSuchHeader() {
    assertPasses(new Request().method("POST").contentType(null));
  }

  @Test
  void withCredentialsOtherMachinesMayTalk() {
    RequestGuard open = new RequestGuard(List.of(), false);
    assertEquals(
        new Verdict.Pass(Optional.empty()),
        open.decide(
            new Request().peer("10.0.0.1").host("etl.example.org").forwarding("Via").facts(),
            false));
    assertInstanceOf(
        Verdict.Refused.class,
        open.decide(
            new Request().peer("10.0.0.1").method("POST").origin("https://evil.example").facts(),
            false));
  }

  @Test
  void aProbeIsAnsweredWhereverItComesFrom() {
    assertEquals(
        new Verdict.Pass(Optional.empty()),
        guard.decide(new Request().peer("10.0.0.1").path("/health/live").facts(), true));
  }

  @Test
  void thereIsAnEndToHeadersAndParameters() {
    assertPasses(new Request().headers(100).query("a=1&".repeat(99)));
    assertEquals(431, refusal(new Request().headers(101)));
    assertEquals(414, refusal(new Request().query("x".repeat(8193))));
    assertEquals(400, refusal(new Request().query("a=1&".repeat(100))));
  }

  private int refusal(Request request) {
    return assertInstanceOf(Verdict.Refused.class, decide(request)).status();
  }

  private Verdict decide(Request request) {
    return guard.decide(request.facts(), false);
  }

  private void assertPasses(Request request) {
    assertEquals(new Verdict.Pass(Optional.empty()), decide(request));
  }

  private void assertForbidden(Request request, String saying) {
    Verdict.Refused refused = assertInstanceOf(Verdict.Refused.class, decide(request));
    assertEquals(403, refused.status());
    assertTrue(refused.detail().contains(saying), refused.detail());
  }

  /** A plain request from this machine, changed in one place or two. */
  private static final class Request {

    private String method = "GET";
    private String path = "/steps";
    private String peer = "127.0.0.1";
    private List<String> hosts = List.of("localhost:8000");
    private List<String> forwarding = List.of();
    private List<String> origins = List.of();
    private @Nullable String site;
    private @Nullable String preflight;
    private @Nullable String contentType = "application/json";
    private boolean cookies;
    private boolean requestedWith;
    private int headers = 3;
    private String query = "";

    Request method(String value) {
      method = value;
      return this;
    }

    Request path(String value) {
      path = value;
      return this;
    }

    Request peer(String value) {
      peer = value;
      return this;
    }

    Request host(String value) {
      return hosts(List.of(value));
    }

    Request hosts(List<String> values) {
      hosts = values;
      return this;
    }

    Request forwarding(String name) {
      forwarding = List.of(name);
      return this;
    }

    Request origin(String value) {
      return origins(List.of(value));
    }

    Request origins(List<String> values) {
      origins = values;
      return this;
    }

    Request site(String value) {
      site = value;
      return this;
    }

    Request preflight(String value) {
      preflight = value;
      return this;
    }

    Request contentType(@Nullable String value) {
      contentType = value;
      return this;
    }

    Request cookies() {
      cookies = true;
      return this;
    }

    Request requestedWith() {
      requestedWith = true;
      return this;
    }

    Request headers(int count) {
      headers = count;
      return this;
    }

    Request query(String value) {
      query = value;
      return this;
    }

    RequestFacts facts() {
      return new RequestFacts(
          method,
          "http",
          path,
          peer,
          hosts,
          forwarding,
          origins,
          Optional.ofNullable(site),
          Optional.ofNullable(preflight),
          Optional.ofNullable(contentType),
          cookies,
          requestedWith,
          headers,
          query);
    }
  }
}
