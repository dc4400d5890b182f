package io.etlapi.it.console;

import static io.etlapi.it.console.Operator.that;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.SlowJoin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an open console asks of the server: next to nothing, as it is told. */
@ExtendWith(ConsoleTest.class)
class QuietConsoleIT {

  /** One request in ten seconds, beside the stream. */
  private static final int MOST_IN_A_MINUTE = 6;

  private final ConsoleTest.Stage stage;

  QuietConsoleIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @ParameterizedTest
  @ValueSource(strings = {"#/tasks", "#/run", "#/controls", "#/break", "#/steps", "#/server"})
  void aConsoleThatNobodyTouchesHardlyAsks(String view) {
    stage.client().complete("sample_workflow", Map.of());
    try (Operator ada = new Operator(stage)) {
      // The page's own timers go by the test's clock: a minute takes a moment.
      ada.page().clock().install();
      ada.open(view).isLive();
      ada.page().locator("#content .page, #content .problem").first().waitFor();
      settle(ada);
      int before = ada.requests().size();
      ada.page().clock().runFor(60_000);
      List<String> asked = after(ada, before);
      assertTrue(asked.size() <= MOST_IN_A_MINUTE, asked::toString);
    }
  }

  @Test
  void aLogGrowsByItsStreamAlone() {
    SlowJoin join = SlowJoin.on(stage.client(), stage.files());
    List<String> running = new ArrayList<>();
    for (int i = 0; i < ConsoleTest.MAX_CONCURRENT; i++) {
      running.add(join.run(stage.client()));
    }
    String waiting = join.run(stage.client());
    try (Operator ada = new Operator(stage).open("#/run/" + waiting + "?tab=log")) {
      ada.sees("It has said nothing");
      ada.page()
          .waitForCondition(
              () -> ada.requests().stream().anyMatch(each -> each.startsWith("events/" + waiting)));
      running.forEach(id -> stage.client().post("/stop/" + id, Map.of()));
      // It runs for minutes now: what is seen of its log has come by the stream.
      that(ada.page().locator("pre.log")).containsText("attempt 1 of 1 starts");
      assertEquals(
          1, ada.requests().stream().filter(each -> each.startsWith("logs/" + waiting)).count());

      stage.client().post("/stop/" + waiting, Map.of());
      that(ada.page().locator("pre.log")).containsText("cancel");
    } finally {
      running.forEach(id -> stage.client().post("/stop/" + id, Map.of()));
      stage.client().post("/stop/" + waiting, Map.of());
    }
  }

  /** Waits until a second has gone by without a request. */
  private static void settle(Operator ada) {
    Page page = ada.page();
    Await.until(
        "the view has all that it asked for",
        Duration.ofSeconds(60),
        () -> {
          int before = ada.requests().size();
          page.waitForTimeout(1000);
          return ada.requests().size() == before;
        });
  }

  /** What was asked since, without the pictures of the page itself. */
  private static List<String> after(Operator ada, int before) {
    ada.page().waitForTimeout(200);
    List<String> all = ada.requests();
    return all.subList(before, all.size()).stream().filter(each -> !each.endsWith(".svg")).toList();
  }
}
