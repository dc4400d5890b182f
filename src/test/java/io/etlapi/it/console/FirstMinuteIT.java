package io.etlapi.it.console;

import static io.etlapi.it.console.Operator.that;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import io.etlapi.it.server.TestBuild;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** A new user on an empty server, and what happens when the server goes and comes back. */
@ExtendWith(ConsoleTest.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstMinuteIT {

  private final ConsoleTest.Stage stage;

  FirstMinuteIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @Test
  @Order(1)
  void anEmptyServerLeadsToTheBreaksOfTheSampleWithOneClick() {
    emptyTheServer();
    try (Operator ada = new Operator(stage).open("")) {
      ada.seesHeading("Nothing has run here yet");
      ada.button("Run the sample control").click();
      that(ada.page().locator("table.breaks tbody tr")).hasCount(7);
      ada.sees("missing in TGT");
    }
  }

  @Test
  @Order(2)
  void aBreakIsFollowedOverThreeDays() {
    try (Operator ada = new Operator(stage).open("#/controls")) {
      ada.page().locator("a.card").first().click();
      ada.button("Run 2024-01-16").click();
      ada.button("Run 2024-01-17").click();
      that(ada.page().locator("table.breaks tbody tr")).hasCount(4);
      ada.page().locator("a.row", containing("P013")).click();
      ada.seesHeading("P013");
      that(ada.page().locator(".history-list li")).hasCount(3);
      ada.sees("amount differs by 0.04, allowed 0.01");
      that(ada.page().locator("tr.differs mark")).hasCount(2);

      ada.page().locator(".history-list a").first().click();
      that(ada.page().locator(".history-list li.here")).containsText("2024-01-15");

      ada.page().locator(".crumbs a", containing("payments")).click();
      ada.link("Proof").click();
      that(ada.page().locator(".account.closes")).hasCount(6);
      that(ada.page().locator(".account.open")).hasCount(0);
    }
  }

  @Test
  @Order(3)
  void aServerThatIsAwayIsSaidAndItsReturnNoticed() {
    try (Operator ada = new Operator(stage).open("#/tasks")) {
      ada.sees("Completeness Control");
      stage.server().kill9();
      that(ada.page().locator(".banner")).containsText("The server is away");
      stage.server().start();
      ada.seesNoMore(ada.page().locator(".banner"));
      stage.client().complete("sample_workflow", Map.of());
      // Nobody reloads the page: what happens after the return is seen as well.
      ada.sees("Sample Workflow");
      assertEquals(0, ada.page().locator(".banner").count());
    }
  }

  /** A storage folder that nothing has ever run in. */
  private void emptyTheServer() {
    if (stage.client().get("/tasks?limit=1").array().isEmpty()) {
      return;
    }
    stage.server().kill9();
    TestBuild.delete(stage.server().storage());
    stage.server().start();
  }

  private static Page.LocatorOptions containing(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }
}
