package io.etlapi.it.console;

import static io.etlapi.it.console.Operator.that;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.TestFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Data that would like to be more than data. */
@ExtendWith(ConsoleTest.class)
class HostileDataIT {

  private static final String IMAGE = "<img src=x onerror=alert(1)>";

  private final ConsoleTest.Stage stage;

  HostileDataIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @Test
  void cellsAndColumnNamesStayTexts() {
    String file =
        stage
            .files()
            .write(
                "hostile.csv",
                "id,\""
                    + IMAGE
                    + "\"\n1,"
                    + IMAGE
                    + "\n2,a\u202Eb\u0007c\n3,\"</td><script>alert(1)</script>\"\n");
    try (Operator ada = read(file)) {
      that(ada.page().locator("table.rows thead")).containsText(IMAGE);
      that(ada.page().locator("table.rows tbody")).containsText("</td><script>alert(1)</script>");
      that(ada.page().locator("table.rows .mark[title*='right-to-left override']").first())
          .isVisible();
      assertEquals(0, ada.page().locator("#content img, #content script").count());
    }
  }

  @Test
  void aCellOfAMegabyteIsCut() {
    String file =
        stage.files().write("large.csv", "id,text\n1," + "x".repeat(1_000_000) + "\n2,short\n");
    try (Operator ada = read(file)) {
      that(ada.page().locator("table.rows tbody")).containsText("more characters");
      long shown =
          ((Number) ada.page().evaluate("() => document.body.innerText.length")).longValue();
      assertTrue(shown < 100_000, () -> shown + " characters are drawn");
    }
  }

  private Operator read(String file) {
    String id = stage.client().complete("read_csv", TestFiles.reading(file)).string("task_id");
    return new Operator(stage).open("#/run/" + id + "?tab=output");
  }
}
