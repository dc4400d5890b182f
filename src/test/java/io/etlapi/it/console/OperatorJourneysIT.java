package io.etlapi.it.console;

import static io.etlapi.it.console.Operator.that;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.etlapi.it.server.SlowJoin;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does all day. */
@ExtendWith(ConsoleTest.class)
class OperatorJourneysIT {

  private final ConsoleTest.Stage stage;

  OperatorJourneysIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @Test
  void theFailedRunIsFoundAndSaysWhy() {
    String id = stage.client().run("read_csv", TestFiles.reading("samples/nothing.csv"));
    stage.client().awaitEnd(id, Duration.ofSeconds(90));
    try (Operator ada = new Operator(stage).open("#/tasks")) {
      ada.page().getByLabel("Status").selectOption("failed");
      ada.page().locator("a.row[href*='" + id + "']").click();
      that(ada.main()).containsText("It failed");
      that(ada.main()).containsText("samples/nothing.csv");
      ada.link("Parameters").click();
      that(ada.page().locator("table.pairs")).containsText("samples/nothing.csv");
      ada.button("Run again").click();
      ada.page().waitForURL(url -> url.contains("#/run/") && !url.contains(id));
      assertNotEquals(id, ada.runShown());

      ada.link("Change and run").click();
      Locator path = ada.page().locator("#field-file_path");
      that(path).hasValue("samples/nothing.csv");
      path.fill("samples/orders.csv");
      ada.button("Run").click();
      String mended = ada.runShown();
      assertEquals(
          "completed", stage.client().awaitEnd(mended, Duration.ofSeconds(90)).string("status"));
    }
  }

  @Test
  void aLongRunIsStoppedAfterAQuestion() {
    String id = SlowJoin.on(stage.client(), stage.files()).run(stage.client());
    try (Operator ada = new Operator(stage).open("#/run/" + id)) {
      ada.button("Stop").click();
      that(ada.page().locator("dialog")).containsText("Stop this run?");
      ada.page().locator("dialog button", hasText("Cancel")).click();
      assertTrue(!stage.client().statusWord(id).equals("cancelled"), "nothing was stopped yet");
      ada.button("Stop").click();
      ada.page().locator("dialog button.danger").click();
      that(ada.page().locator(".headline .chip").first()).containsText("cancelled");
      assertEquals("cancelled", stage.client().statusWord(id));
    }
  }

  @Test
  void aStepIsRunFromItsFormWithAMistakeFirst() {
    try (Operator ada = new Operator(stage).open("#/steps")) {
      ada.page().getByPlaceholder("Search the steps").fill("Read CSV");
      ada.page().locator("a.card", hasText("read_csv")).click();
      Locator path = ada.page().locator("#field-file_path");
      path.fill("/etc/passwd");
      that(ada.page().locator(".snippet")).containsText("/etc/passwd");
      ada.button("Run").click();
      that(ada.page().locator("#field-file_path-fault")).containsText("may be read");
      that(path).hasAttribute("aria-invalid", "true");
      that(path).isFocused();
      path.fill("samples/orders.csv");
      ada.page().locator(".tabs.small button", hasText("Python")).click();
      that(ada.page().locator(".snippet")).containsText("urllib.request");
      ada.button("Run").click();
      String id = ada.runShown();
      assertEquals(
          "completed", stage.client().awaitEnd(id, Duration.ofSeconds(90)).string("status"));
      that(ada.page().locator("table.rows thead")).containsText("order_id");
      that(ada.page().locator("table.rows tbody tr")).not().hasCount(0);
      that(ada.page().locator(".histogram").first()).isVisible();
    }
  }

  @Test
  void whoGoesElsewhereWhileTypingIsNotBroughtBack() {
    try (Operator ada = new Operator(stage).open("#/steps")) {
      // A clock of its own: what was about to happen happens when the test says so.
      ada.page().clock().install();
      ada.open("#/steps");
      ada.page().getByPlaceholder("Search the steps").fill("csv");
      ada.page().locator("a.card", hasText("read_csv")).click();
      ada.page().locator("#field-file_path").fill("samples/orders.csv");
      ada.page().clock().runFor(5_000);
      that(ada.page().locator("#field-file_path")).hasValue("samples/orders.csv");
      assertTrue(ada.page().url().endsWith("#/steps/read_csv"), ada.page()::url);
    }
  }

  @Test
  void aSelectionIsDeletedAfterAQuestion() {
    String id = stage.client().complete("sample_workflow", Map.of()).string("task_id");
    try (Operator ada = new Operator(stage).open("#/tasks?q=" + id)) {
      that(ada.page().locator("table.tasks tbody tr")).hasCount(1);
      ada.page().locator("tbody input[type=checkbox]").check();
      ada.button("Delete").click();
      ada.page().locator("dialog button.danger").click();
      ada.sees("No task is like this");
      assertEquals(404, stage.client().status(id).status());
    }
  }

  @Test
  void aDecisionAboutABreakIsMadeWithAMistakeFirst() {
    stage.client().complete("completeness_control", Operator.sample("2024-01-15"));
    try (Operator ada = new Operator(stage).open("#/controls/payments")) {
      ada.page().locator("table.breaks a.row").first().click();
      ada.button("Comment").click();
      that(ada.page().locator("#fault-why")).containsText("why is missing");
      ada.page().locator("input[name=who]").fill("Ada");
      ada.page().locator("textarea[name=why]").fill("asked <b>the</b> ledger team");
      ada.button("Comment").click();
      that(ada.page().locator(".decisions")).containsText("asked <b>the</b> ledger team");
    }
  }

  @Test
  void everythingCanBeReachedByKeys() {
    String id = stage.client().complete("sample_workflow", Map.of()).string("task_id");
    try (Operator ada = new Operator(stage).open("#/tasks")) {
      ada.page().locator("a.row[href*='" + id + "']").waitFor();
      ada.page().keyboard().press("/");
      that(ada.page().getByPlaceholder("Step or id")).isFocused();
      ada.page().keyboard().press("Escape");
      ada.page().locator("thead input[type=checkbox]").focus();
      ada.page().keyboard().press("ArrowDown");
      that(ada.page().locator("tbody a.row").first()).isFocused();
      ada.page().keyboard().press("5");
      ada.seesHeading("Steps");
      ada.page().keyboard().press("6");
      ada.seesHeading("Server");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "#/run/019c5f3e-7a10-7cc3-98c4-dc0c0c07398f,Go to the tasks",
    "#/run/no-such-id,Go to the tasks",
    "#/controls/nowhere,Show all controls",
    "#/break/payments/00000000000000000000000000000000,Go to the breaks",
    "#/steps/nothing,Show all steps",
    "#/elsewhere,Go to the tasks",
    "#/tasks?since=soon,Show all tasks"
  })
  void whatIsNotThereIsSaidWithTheWayBack(String address, String back) {
    try (Operator ada = new Operator(stage).open(address)) {
      that(ada.page().locator(".problem")).isVisible();
      that(ada.link(back)).isVisible();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sort=nowhere | has no column 'nowhere'",
        "filter=amount+%3E | is refused",
        "filter=1%3D1)%3B+drop+table+x+-- | closes a bracket that it has not opened",
        "filter=amount+%3E+(select+1+from+read_csv('/etc/passwd')) | may not hold a subquery"
      })
  void whatCannotBeAskedOfRowsIsSaidWithTheWayBack(String asked, String why) {
    String id = readOrders();
    try (Operator ada = new Operator(stage).open("#/run/" + id + "?tab=output&" + asked)) {
      that(ada.page().locator(".problem")).containsText(why);
      ada.link("Show all rows").click();
      that(ada.page().locator("table.rows tbody")).containsText("Desk lamp");
      assertEquals(0, ada.page().locator(".problem").count());
    }
  }

  @Test
  void anOutputWithoutItsFileShowsWhatIsLeftOfIt() {
    String id = readOrders();
    TestBuild.delete(stage.server().storage().resolve("output").resolve(id));
    try (Operator ada = new Operator(stage).open("#/run/" + id)) {
      that(ada.page().locator(".problem")).containsText("Run it again");
      that(ada.page().locator("table.rows tbody")).containsText("Desk lamp");
      that(ada.button("Run again")).isVisible();
      assertEquals(0, ada.page().locator(".downloads").count());
    }
  }

  @Test
  void aRunThatHasExpiredSaysSo() {
    String id = readOrders();
    assertEquals(204, stage.client().delete("/tasks/" + id).status());
    try (Operator ada = new Operator(stage).open("#/run/" + id)) {
      that(ada.page().locator(".problem")).containsText("It may have expired");
      ada.link("Go to the tasks").click();
      ada.seesHeading("Tasks");
    }
  }

  private String readOrders() {
    return stage
        .client()
        .complete("read_csv", TestFiles.reading("samples/orders.csv"))
        .string("task_id");
  }

  private static Page.LocatorOptions hasText(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }
}
