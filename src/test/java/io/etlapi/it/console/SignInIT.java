package io.etlapi.it.console;

import static io.etlapi.it.console.Operator.that;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.GuardedClient;
import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server that wants to know who is there, and that keeps many tasks. */
@ExtendWith(ConsoleTest.class)
class SignInIT {

  /** How many finished tasks the server finds when it starts. */
  private static final int STORED = Integer.getInteger("etl.test.console.tasks", 5_000);

  private static final String VERA = "etl_" + "1".repeat(64);
  private static final String OTTO = "etl_" + "2".repeat(64);
  private static final String ADA = "etl_" + "3".repeat(64);

  private static @Nullable ServerProcess server;

  private final ConsoleTest.Stage stage;

  SignInIT(ConsoleTest.Stage shared) {
    stage = new ConsoleTest.Stage(started(shared), shared.chromium(), shared.files());
  }

  /** The first test starts it; the class has one for all. */
  private static ServerProcess started(ConsoleTest.Stage shared) {
    ServerProcess running = server;
    if (running == null) {
      running = start(shared);
      server = running;
    }
    return running;
  }

  private static ServerProcess start(ConsoleTest.Stage shared) {
    Path tokens = TestBuild.emptyFolder("console-tokens").resolve("tokens.json");
    ServerProcess started =
        ServerProcess.of(
            ServerKind.PAYARA_MICRO,
            "console-guarded",
            Map.of("ETL_TOKENS_FILE", tokens.toString(), "ETL_ENGINE_MEMORY", "512M"));
    try {
      Files.writeString(
          tokens,
          "{\"tokens\": [%s, %s, %s]}"
              .formatted(
                  token("vera", "viewer", VERA),
                  token("otto", "operator", OTTO),
                  token("ada", "admin", ADA)));
      // Copies of a record that a server wrote, below ids of their own that are older, as ids tell.
      String id = shared.client().complete("sample_workflow", Map.of()).string("task_id");
      String record = Files.readString(shared.server().storage().resolve(id + ".json"));
      Files.createDirectories(started.storage());
      for (int i = 0; i < STORED; i++) {
        String copy = "01900000-0000-7000-8000-%012x".formatted(i);
        Files.writeString(started.storage().resolve(copy + ".json"), record.replace(id, copy));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    started.launch();
    Await.until(
        "the server is healthy",
        ServerProcess.START_LIMIT,
        () -> isHealthy(started),
        started::logTail);
    return started;
  }

  private static boolean isHealthy(ServerProcess started) {
    try {
      return new GuardedClient(started.uri()).get("/health/ready").status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static String token(String name, String role, String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return "{\"name\": \"%s\", \"role\": \"%s\", \"sha256\": \"%s\"}"
          .formatted(name, role, HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void stop() {
    ServerProcess running = server;
    server = null;
    if (running != null) {
      running.close();
    }
  }

  private Operator signedIn(String token, String address) {
    Operator who = new Operator(stage).open(address);
    give(who, token);
    who.seesNoMore(who.page().locator("dialog"));
    return who.isLive();
  }

  private static void give(Operator who, String token) {
    who.page().locator("dialog input[name=token]").fill(token);
    who.page().locator("dialog button.primary").click();
  }

  @Test
  void aWrongTokenIsRefusedAndARightOneBecomesACookie() {
    GuardedClient api = new GuardedClient(stage.server().uri()).bearing(OTTO);
    try (Operator otto = new Operator(stage).open("#/tasks")) {
      Locator field = otto.page().locator("dialog input[name=token]");
      that(field).isFocused();
      assertEquals(List.of(), EveryViewIT.barriers(otto.page()));
      give(otto, "etl_" + "9".repeat(64));
      that(otto.page().locator("dialog [role=alert]")).containsText("token");
      assertEquals(List.of(), otto.cookies());

      give(otto, OTTO);
      that(otto.page().locator(".principal")).containsText("otto");
      that(otto.page().locator(".principal")).containsText("operator");
      that(otto.page().locator("table.tasks tbody tr").first()).isVisible();
      Cookie session = otto.cookies().get(0);
      assertTrue(session.httpOnly, "no script reads the cookie");
      assertEquals(SameSiteAttribute.STRICT, session.sameSite);
      assertNotEquals(OTTO, session.value);
      assertEquals(
          "",
          otto.page()
              .evaluate(
                  "() => document.cookie + Object.keys({...localStorage, ...sessionStorage})"));
      assertTrue(otto.requests().stream().noneMatch(each -> each.contains("etl_")));

      // What happens now is seen without a reload: the stream is let in by the cookie.
      otto.isLive();
      String answer = api.send("POST", "/run/sample_workflow", "{}").string("task_id");
      that(otto.page().locator("a.row[href*='" + answer + "']")).isVisible();

      otto.button("Sign out").click();
      that(otto.page().locator("dialog input[name=token]")).isFocused();
      assertEquals(List.of(), otto.cookies());
      assertEquals(401, otto.page().evaluate("() => fetch('tasks').then(answer => answer.status)"));
    }
  }

  @Test
  void whoMayOnlyLookIsToldSo() {
    try (Operator vera = signedIn(VERA, "#/tasks")) {
      vera.page().locator("tbody input[type=checkbox]").first().check();
      that(vera.page().locator(".bulk")).containsText("for operators");
      assertEquals(0, vera.page().locator(".bulk button", named("Delete")).count());
      vera.page().locator("a.row").first().click();
      that(vera.page().locator(".bar-buttons")).containsText("for operators");
      for (String denied : List.of("Stop", "Run again", "Delete")) {
        assertEquals(0, vera.page().locator(".bar-buttons button", named(denied)).count(), denied);
      }
      vera.open("#/steps/read_csv");
      that(vera.page().locator(".step-form")).containsText("Operators may run steps");
      that(vera.button("Run")).isDisabled();
      vera.open("#/server").seesHeading("Configuration");
      that(vera.page().locator(".bar-buttons")).containsText("for administrators");
      assertEquals(0, vera.page().locator(".bar-buttons button").count());
    }
  }

  @Test
  void aTokenThatIsRevokedEndsWhatItSees() {
    GuardedClient ada = new GuardedClient(stage.server().uri()).bearing(ADA);
    String token =
        ada.send("POST", "/tokens", "{\"name\": \"temp\", \"role\": \"viewer\"}").string("token");
    try (Operator temp = signedIn(token, "#/tasks")) {
      assertEquals(204, ada.send("DELETE", "/tokens/temp", null).status());
      temp.page().keyboard().press("6");
      that(temp.page().locator("dialog input[name=token]")).isVisible();
      give(temp, VERA);
      temp.seesHeading("Configuration");
    }
  }

  @Test
  void manyTasksAreShownPageByPage() {
    try (Operator vera = signedIn(VERA, "#/tasks")) {
      Locator rows = vera.page().locator("table.tasks tbody tr");
      that(rows).hasCount(100);
      String newest = rows.first().locator("a.row").getAttribute("href");
      vera.link("Older").click();
      that(vera.link("Newest")).isVisible();
      that(rows).hasCount(100);
      assertNotEquals(newest, rows.first().locator("a.row").getAttribute("href"));
      vera.link("Newest").click();
      vera.seesNoMore(vera.link("Newest"));
      assertEquals(newest, rows.first().locator("a.row").getAttribute("href"));
      vera.page().getByPlaceholder("Step or id").fill("no such step");
      vera.sees("No task is like this");
      assertFalse(vera.page().url().contains("cursor"), vera.page()::url);
    }
  }

  private static Page.LocatorOptions named(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }
}
