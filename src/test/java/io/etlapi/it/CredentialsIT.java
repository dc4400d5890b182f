package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.GuardedClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.json.Json;
import io.etlapi.security.Access;
import io.etlapi.security.Role;
import io.etlapi.security.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * With a token file, who has a good token may do what its role allows, and nobody else anything.
 */
class CredentialsIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String READ_ORDERS =
      "{\"custom_params\": {\"file_path\": \"samples/orders.csv\"}}";

  private static final Path TOKENS = TestBuild.emptyFolder("credentials-tokens").resolve("t.json");
  private static ServerProcess server;
  private static GuardedClient anyone;
  private static GuardedClient viewer;
  private static GuardedClient operator;
  private static GuardedClient admin;

  @BeforeAll
  static void start() {
    write(
        entry("vera", "viewer", "viewer-token", ""),
        entry("otto", "operator", "operator-token", ""),
        entry("ada", "admin", "admin-token", ""),
        entry("old", "admin", "old-token", ", \"expires_at\": \"2020-01-01T00:00:00Z\""));
    server =
        ServerProcess.of(
                ServerKind.PAYARA_MICRO,
                "credentials",
                Map.of(
                    "ETL_TOKENS_FILE",
                    TOKENS.toString(),
                    "ETL_REQUIRE_CREDENTIALS",
                    "true",
                    "ETL_TRUSTED_PROXIES",
                    "127.0.0.1",
                    "ETL_ENGINE_MEMORY",
                    "512M"))
            .launch();
    anyone = new GuardedClient(server.uri());
    viewer = anyone.bearing("viewer-token");
    operator = anyone.bearing("operator-token");
    admin = anyone.bearing("admin-token");
    Await.until(
        "the server is healthy",
        ServerProcess.START_LIMIT,
        CredentialsIT::isHealthy,
        server::logTail);
  }

  private static boolean isHealthy() {
    try {
      return viewer.get("/health").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyRouteAsksEveryRole() {
    Set<String> described = described();
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Routes.Route route : Routes.all()) {
      String name = route.method() + " " + route.template();
      if (!described.contains(name) || name.contains("/intake/")) {
        continue; // Pausing would disturb the others; its roles are tested without a server.
      }
      asked++;
      int nobody = status(anyone, route);
      boolean open = route.access() == Access.PUBLIC || route.access() == Access.PROBE;
      if (open == (nobody == 401)) {
        wrong.add(name + " without credentials: " + nobody);
      }
      for (Role role : Role.values()) {
        int status = status(client(role), route);
        boolean enough = route.access().role().map(role::includes).orElse(true);
        if (enough ? status == 401 || status == 403 || status >= 500 : status != 403) {
          wrong.add(name + " as " + role.word() + ": " + status);
        }
      }
    }
    assertTrue(asked > 20, "routes are found: " + asked);
    assertEquals(List.of(), wrong);
  }

  @Test
  void withoutAGoodTokenNothingIsSaidButWhy() {
    Answer none = anyone.get("/tasks");
    Answer wrong = anyone.bearing("no-token").get("/tasks");
    Answer old = anyone.bearing("old-token").get("/tasks");
    Answer other = anyone.with("Authorization", "Basic YTpi").get("/tasks");

    for (Answer answer : List.of(none, wrong, old, other)) {
      assertEquals(401, answer.status(), answer::toString);
      assertTrue(answer.contentType().startsWith("application/problem+json"), answer::toString);
      assertTrue(answer.header("WWW-Authenticate").orElse("").startsWith("Bearer"));
    }
    assertTrue(none.string("detail").contains("Authorization: Bearer"), none::toString);
    assertTrue(wrong.string("detail").contains("not known"), wrong::toString);
    assertTrue(old.string("detail").contains("expired at 2020-01-01"), old::toString);
  }

  @Test
  void aViewerSeesAndAnOperatorRuns() {
    Answer refused = viewer.send("POST", "/run/read_csv", READ_ORDERS);
    assertEquals(403, refused.status());
    assertTrue(refused.string("detail").contains("operator"), refused::toString);

    Answer run = operator.send("POST", "/run/read_csv", READ_ORDERS);
    assertEquals(200, run.status(), run::toString);
    String id = run.string("task_id");
    Await.until(
        "the task ends",
        LIMIT,
        () -> viewer.get("/status/" + id).string("status").equals("completed"));
    assertTrue(read(server.storage().resolve(id + ".json")).contains("\"otto\""));
  }

  @Test
  void aTokenIsRevokedWithoutARestart() {
    Answer made =
        admin.send(
            "POST",
            "/tokens",
            "{\"name\": \"bob\", \"role\": \"operator\", \"expires_in_days\": 1}");
    assertEquals(201, made.status(), made::toString);
    GuardedClient bob = anyone.bearing(made.string("token"));
    assertEquals(200, bob.get("/tasks").status());
    assertFalse(admin.get("/tokens").text().contains(made.string("token")));
    assertFalse(read(TOKENS).contains(made.string("token")));
    assertEquals(
        409, admin.send("POST", "/tokens", "{\"name\": \"bob\", \"role\": \"viewer\"}").status());

    assertEquals(204, admin.send("DELETE", "/tokens/bob", null).status());

    assertEquals(401, bob.get("/tasks").status());
    assertEquals(404, admin.send("DELETE", "/tokens/bob", null).status());
    assertEquals(409, admin.send("DELETE", "/tokens/ada", null).status(), "the last admin stays");
  }

  @Test
  void aTokenThatIsTakenOutOfTheFileIsRefusedSoon() {
    Answer made = admin.send("POST", "/tokens", "{\"name\": \"eve\", \"role\": \"viewer\"}");
    GuardedClient eve = anyone.bearing(made.string("token"));
    assertEquals(200, eve.get("/tasks").status());
    String cookie = signIn(eve, "{}");
    GuardedClient browser = anyone.with("Cookie", cookie);
    assertEquals(200, browser.get("/tasks").status());

    String text = read(TOKENS);
    writeText(text.replaceFirst("(?s),\\s*\\{\\s*\"name\":\\s*\"eve\".*?\\}", ""));

    Await.until("the token is refused", LIMIT, () -> eve.get("/tasks").status() == 401);
    assertEquals(401, browser.get("/tasks").status(), "its session has ended with it");
  }

  @Test
  void aStreamOfEventsEndsWithTheTokenOfWhoListens() throws IOException {
    Answer made = admin.send("POST", "/tokens", "{\"name\": \"lisa\", \"role\": \"viewer\"}");
    String cookie = signIn(anyone.bearing(made.string("token")), "{}");
    try (InputStream events = anyone.with("Cookie", cookie).open("/events")) {
      assertTrue(events.read() > 0, "the stream has begun");

      assertEquals(204, admin.send("DELETE", "/tokens/lisa", null).status());

      assertTimeoutPreemptively(LIMIT, () -> events.transferTo(OutputStream.nullOutputStream()));
    }
  }

  @Test
  void aBrowserSignsInAndStaysKnownByACookie() {
    assertEquals(false, anyone.get("/session").at("authenticated"));
    assertEquals(true, anyone.get("/session").at("credentials_required"));
    Answer refused = anyone.send("POST", "/session", "{\"token\": \"no-token\"}");
    assertEquals(401, refused.status());
    assertEquals(422, anyone.send("POST", "/session", "{}").status());

    String cookie = signIn(anyone, "{\"token\": \"operator-token\"}");
    GuardedClient browser = anyone.with("Cookie", cookie);

    Answer session = browser.get("/session");
    assertEquals("otto", session.string("principal"));
    assertEquals(List.of("viewer", "operator"), session.at("roles"));
    assertEquals(200, browser.get("/tasks").status());
    assertEquals(403, browser.get("/tokens").status());
    assertEquals(200, browser.send("POST", "/cleanup/now", "{}").status());
    assertEquals(
        403, browser.send("POST", "/cleanup/now", null).status(), "a form could have sent that");
    assertEquals(
        403,
        browser.with("Origin", "https://evil.example").send("POST", "/cleanup/now", "{}").status());
    assertEquals(
        204, browser.with("X-Requested-With", "fetch").send("DELETE", "/session", null).status());
    assertEquals(401, browser.get("/tasks").status());
  }

  @Test
  void theCookieIsForThisApplicationAloneAndSecureOverHttps() {
    String plain = setCookie(anyone);
    assertTrue(plain.contains("; Path=/;"), plain);
    assertTrue(plain.contains("; HttpOnly; SameSite=Strict"), plain);
    assertFalse(plain.contains("Secure"), plain);

    String secure =
        setCookie(anyone.with("X-Forwarded-For", "10.1.1.1").with("X-Forwarded-Proto", "https"));
    assertTrue(secure.endsWith("; Secure"), secure);
  }

  @Test
  void whoFailsTooOftenIsToldToWaitAndNobodyElseIs() {
    GuardedClient guesser = anyone.with("X-Forwarded-For", "10.9.9.9");
    Answer last = guesser.bearing("guess").get("/tasks");
    for (int i = 0; i < 60 && last.status() == 401; i++) {
      last = guesser.bearing("guess-" + i).get("/tasks");
    }

    assertEquals(429, last.status(), last::toString);
    assertTrue(Integer.parseInt(last.header("Retry-After").orElse("0")) > 0);
    assertEquals(429, guesser.send("POST", "/session", "{\"token\": \"x\"}").status());
    assertEquals(200, guesser.bearing("viewer-token").get("/tasks").status());
    assertEquals(
        401, anyone.with("X-Forwarded-For", "10.9.9.8").bearing("guess").get("/tasks").status());
  }

  @Test
  void whatWasDoneAndWhatWasDeniedIsInTheAuditLog() {
    GuardedClient from = operator.with("X-Forwarded-For", "10.2.2.2, 127.0.0.1");
    Answer run = from.send("POST", "/run/read_csv?secret=in-the-query", READ_ORDERS);
    String id = run.string("task_id");
    viewer.send("POST", "/stop/" + id, null);
    anyone
        .with("X-Forwarded-For", "10.3.3.3")
        .bearing("guess-for-the-audit")
        .get("/tokens?x=%0a%7b%22principal%22");

    Await.until(
        "three lines are written",
        LIMIT,
        () ->
            audit().stream()
                .map(line -> line.get("path"))
                .toList()
                .containsAll(List.of("/run/read_csv", "/stop/" + id, "/tokens")),
        () -> audit().toString());
    Map<String, @Nullable Object> done = line("10.2.2.2");
    assertEquals("otto", done.get("principal"));
    assertEquals("operator", done.get("role"));
    assertEquals("/run/read_csv", done.get("path"));
    assertEquals(id, done.get("task_id"));
    assertEquals(200, number(done.get("status")));
    assertTrue(
        audit().stream()
            .anyMatch(line -> id.equals(line.get("task_id")) && number(line.get("status")) == 403));
    Map<String, @Nullable Object> denied = line("10.3.3.3");
    assertEquals(null, denied.get("principal"));
    assertEquals("/tokens", denied.get("path"));
    assertEquals(401, number(denied.get("status")));
    String all = auditText();
    for (String secret : List.of("guess-for-the-audit", "operator-token", "in-the-query")) {
      assertFalse(all.contains(secret), secret);
    }
  }

  @Test
  void everyAnswerTellsBrowsersToBeCareful() {
    for (Answer answer :
        List.of(
            anyone.get("/tasks"),
            viewer.get("/tokens"),
            viewer.get("/nothing"),
            admin.get("/nothing"),
            admin.send("PATCH", "/tasks", null),
            anyone.get("/openapi.json"),
            anyone.get("/"),
            admin.send("POST", "/run/none", "{"))) {
      assertEquals("nosniff", answer.header("X-Content-Type-Options").orElse(""), answer::toString);
      assertTrue(
          answer.header("Content-Security-Policy").orElse("").contains("frame-ancestors 'none'"),
          answer::toString);
      assertEquals("no-referrer", answer.header("Referrer-Policy").orElse(""), answer::toString);
    }
  }

  private static String signIn(GuardedClient client, String body) {
    Answer signedIn = client.send("POST", "/session", body);
    assertEquals(200, signedIn.status(), signedIn::toString);
    return signedIn.header("Set-Cookie").orElse("").split(";", 2)[0];
  }

  private static String setCookie(GuardedClient client) {
    return client
        .send("POST", "/session", "{\"token\": \"viewer-token\"}")
        .header("Set-Cookie")
        .orElse("");
  }

  private static int status(GuardedClient client, Routes.Route route) {
    String path = route.template().replaceAll("\\{[^}]*}", "none");
    return client.status(
        route.method(), path, route.method().startsWith("P") ? "{\"hour\": \"none\"}" : null);
  }

  private static GuardedClient client(Role role) {
    return switch (role) {
      case VIEWER -> viewer;
      case OPERATOR -> operator;
      case ADMIN -> admin;
    };
  }

  private static Set<String> described() {
    Set<String> routes = new TreeSet<>();
    if (anyone.get("/openapi.json").at("paths") instanceof Map<?, ?> paths) {
      paths.forEach(
          (path, item) -> {
            if (item instanceof Map<?, ?> methods) {
              methods
                  .keySet()
                  .forEach(
                      method ->
                          routes.add(String.valueOf(method).toUpperCase(Locale.ROOT) + " " + path));
            }
          });
    }
    return routes;
  }

  private static Map<String, @Nullable Object> line(String from) {
    return audit().stream().filter(line -> from.equals(line.get("from"))).findFirst().orElseThrow();
  }

  private static List<Map<String, @Nullable Object>> audit() {
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    auditText().lines().forEach(line -> lines.add(Json.parseObject(line)));
    return lines;
  }

  private static String auditText() {
    Path folder = server.storage().resolve("audit");
    StringBuilder text = new StringBuilder();
    try (var files = Files.list(folder)) {
      files.sorted().forEach(file -> text.append(read(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static int number(@Nullable Object value) {
    return value instanceof Number number ? number.intValue() : -1;
  }

  private static String entry(String name, String role, String token, String more) {
    return "{\"name\": \"%s\", \"role\": \"%s\", \"sha256\": \"%s\"%s}"
        .formatted(name, role, sha256(token), more);
  }

  private static void write(String... entries) {
    writeText("{\"tokens\": [" + String.join(", ", entries) + "]}");
  }

  private static void writeText(String text) {
    try {
      Path aside = TOKENS.resolveSibling("aside");
      Files.writeString(aside, text);
      Files.move(aside, TOKENS, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
