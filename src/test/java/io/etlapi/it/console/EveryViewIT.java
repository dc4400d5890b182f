package io.etlapi.it.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every view, in both themes, at a desk, on a telephone and on a wall: readable for everybody (axe,
 * WCAG 2.2 AA), within its policy, within the window. Also what the console costs.
 */
@ExtendWith(ConsoleTest.class)
class EveryViewIT {

  private static final List<String> RULES =
      List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice");

  private static final long MOST_BYTES = 250_000;

  private static final Pattern PRELOADED =
      Pattern.compile("<link rel=\"modulepreload\" href=\"([^\"]+)\">");

  /** What a module imports at once; the parenthesis of one that it imports later is no quote. */
  private static final Pattern IMPORTED =
      Pattern.compile("\\b(?:from|import)\\s*[\"'](\\.[^\"']+)[\"']");

  /** What each view shows once it is complete, by its address. */
  private static final Map<String, String> VIEWS = new LinkedHashMap<>();

  static {
    VIEWS.put("#/tasks?parts=1", "table.tasks tbody tr");
    VIEWS.put("#/run/RUN", ".run-graph a");
    VIEWS.put("#/run/FAILED?tab=log", "pre.log");
    VIEWS.put("#/run/RUN?tab=output", "table.rows tbody tr");
    VIEWS.put("#/run/RUN?tab=parameters", "table.pairs");
    VIEWS.put("#/run/FAILED", ".problem");
    VIEWS.put("#/controls", "a.card");
    VIEWS.put("#/controls/payments", "table.breaks tbody tr");
    VIEWS.put("#/controls/payments?tab=ages", "table.bars");
    VIEWS.put("#/controls/payments?tab=proof", ".account");
    VIEWS.put("#/break", "table.compare");
    VIEWS.put("#/steps", "a.card");
    VIEWS.put("#/steps/join", ".snippet");
    VIEWS.put("#/server", ".tile");
  }

  private final ConsoleTest.Stage stage;
  private String run = "";
  private String failed = "";

  EveryViewIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @BeforeEach
  void somethingToSee() {
    Answer controls = stage.client().get("/controls");
    if (!controls.text().contains("2024-01-17")) {
      for (String day : List.of("2024-01-15", "2024-01-16", "2024-01-17")) {
        stage.client().complete("completeness_control", Operator.sample(day));
      }
    }
    run = newest("/tasks?limit=1&status=completed&step=completeness_control");
    if (stage.client().get("/tasks?limit=1&status=failed").array().isEmpty()) {
      String id =
          stage.client().run("filter", Map.of("parameters", Map.of("condition", "amount > 1")));
      stage.client().awaitEnd(id, Duration.ofSeconds(90));
    }
    failed = newest("/tasks?limit=1&status=failed");
  }

  private String newest(String path) {
    return String.valueOf(stage.client().get(path).array().get(0).get("task_id"));
  }

  @Test
  void everyViewIsReadableInTheLight() {
    inEveryView(Operator.Window.DESK, EveryViewIT::barriers);
  }

  @Test
  void everyViewIsReadableInTheDark() {
    inEveryView(Operator.Window.NIGHT, EveryViewIT::barriers);
  }

  @Test
  void everyViewFitsATelephone() {
    inEveryView(Operator.Window.PHONE, page -> and(overflow(page), barriers(page)));
  }

  @Test
  void everyViewFillsAWall() {
    inEveryView(
        Operator.Window.WALL, page -> and(and(overflow(page), emptiness(page)), barriers(page)));
  }

  @Test
  void everyViewIsReadableOnAWallInTheDark() {
    inEveryView(Operator.Window.WALL_NIGHT, EveryViewIT::barriers);
  }

  private static List<String> and(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  /** On a large screen the content is not a strip at its side. */
  private static List<String> emptiness(Page page) {
    String measure =
        "() => document.querySelector('.page').getBoundingClientRect().right / window.innerWidth";
    double share = ((Number) page.evaluate(measure)).doubleValue();
    return share < 0.9 ? List.of("uses only " + share + " of the width") : List.of();
  }

  /** What is wrong with a page, in words; empty if nothing is. */
  private interface Check {
    List<String> of(Page page);
  }

  private void inEveryView(Operator.Window window, Check check) {
    List<String> found = new ArrayList<>();
    try (Operator ada = new Operator(stage, window)) {
      VIEWS.forEach(
          (view, shows) -> {
            ada.open(view.replace("RUN", run).replace("FAILED", failed));
            ada.page().locator(shows).first().waitFor();
            check.of(ada.page()).forEach(fault -> found.add(view + ": " + fault));
          });
    }
    assertEquals(List.of(), found);
  }

  /** Where a page is not made for everybody, by the rules. */
  static List<String> barriers(Page page) {
    // No page has frames: it is looked at where it is, without a second page for the result.
    return new AxeBuilder(page)
        .setLegacyMode(true).withTags(RULES).analyze().getViolations().stream()
            .map(rule -> rule.getId() + ": " + rule.getNodes().get(0).getHtml())
            .toList();
  }

  private static List<String> overflow(Page page) {
    String measure = "() => document.documentElement.scrollWidth - window.innerWidth";
    int over = ((Number) page.evaluate(measure)).intValue();
    return over > 0 ? List.of(over + " pixels wider than the window") : List.of();
  }

  @Test
  void theConsoleIsSmallOverTheWire() {
    AtomicLong bytes = new AtomicLong();
    try (Operator ada = new Operator(stage)) {
      ada.page()
          .onResponse(
              (Response response) -> {
                if (response.url().matches(".*/(console|vendor)/.*|.*:\\d+/")) {
                  bytes.addAndGet(response.request().sizes().responseBodySize);
                }
              });
      ada.open("");
      ada.page().locator("#content table, #content .greeting").first().waitFor();
    }
    assertTrue(bytes.get() > 20_000, () -> "the files are counted: " + bytes);
    assertTrue(bytes.get() <= MOST_BYTES, () -> bytes + " bytes");
  }

  /** Modules that the page does not name are found one after another, a round trip each. */
  @Test
  void thePageNamesEveryModuleThatItStartsWith() {
    Set<String> named = new TreeSet<>();
    Matcher links = PRELOADED.matcher(stage.client().get("/", "Accept", "text/html").text());
    while (links.find()) {
      named.add("/" + links.group(1));
    }
    Set<String> imported = new TreeSet<>();
    Deque<String> toRead = new ArrayDeque<>(List.of("/console/main.js"));
    while (!toRead.isEmpty()) {
      String module = toRead.pop();
      Matcher imports = IMPORTED.matcher(stage.client().get(module).text());
      while (imports.find()) {
        String path = URI.create(module).resolve(imports.group(1)).toString();
        if (imported.add(path)) {
          toRead.push(path);
        }
      }
    }
    assertEquals(imported, named);
  }

  @Test
  void aFileThatTheBrowserHasIsNotSentAgain() {
    Answer first = stage.client().get("/console/main.js");
    String tag = first.header("ETag").orElseThrow();
    assertEquals(304, stage.client().get("/console/main.js", "If-None-Match", tag).status());
  }

  /** What the README shows; each as it looks now. */
  @Test
  void threeViewsAreTaken() throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "screenshots"));
    picture("#/run/" + run, ".run-graph a", folder.resolve("run.png"), Operator.Window.DESK);
    picture(
        "#/controls/payments?date=2024-01-17",
        "table.breaks tbody tr",
        folder.resolve("controls.png"),
        Operator.Window.DESK);
    picture("#/break", "table.compare", folder.resolve("break.png"), Operator.Window.NIGHT);
  }

  private void picture(String address, String shows, Path file, Operator.Window window)
      throws IOException {
    try (Operator ada = new Operator(stage, window).open(address)) {
      Locator complete = ada.page().locator(shows).first();
      complete.waitFor();
      ada.page().waitForFunction("() => !document.querySelector('.loading')");
      if (address.contains("controls")) {
        ada.page().locator(".chart canvas").first().waitFor();
      }
      Await.until(
          file + " is taken",
          Duration.ofSeconds(60),
          () -> ada.page().screenshot(new Page.ScreenshotOptions().setPath(file)).length > 0);
    }
    assertTrue(Files.size(file) < 200_000, () -> file + " is too large for the README");
  }
}
