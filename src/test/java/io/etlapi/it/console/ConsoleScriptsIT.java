package io.etlapi.it.console;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The unit tests of the console's JavaScript, in the browser and under the policy it runs under.
 */
@ExtendWith(ConsoleTest.class)
class ConsoleScriptsIT {

  private static final Path TESTS = Path.of("src/test/resources/console");

  /**
   * What makes the page load the tests: a script element with an address, which the policy lets.
   */
  private static final String LOAD =
      "() => import('./console-tests/all.test.js').then(() => undefined)";

  private final ConsoleTest.Stage stage;

  ConsoleScriptsIT(ConsoleTest.Stage stage) {
    this.stage = stage;
  }

  @TestFactory
  Stream<DynamicTest> everyScriptKeepsItsPromises() {
    List<?> results = results();
    assertTrue(results.size() >= 15, () -> "the tests are found: " + results);
    return results.stream()
        .map(result -> (Map<?, ?>) result)
        .map(
            result ->
                dynamicTest(
                    String.valueOf(result.get("name")),
                    () -> Assertions.assertNull(result.get("fault"))));
  }

  private List<?> results() {
    try (Operator ada = new Operator(stage)) {
      ada.page().route("**/console-tests/*.js", ConsoleScriptsIT::serve);
      ada.open("#/steps");
      ada.page().evaluate(LOAD);
      ada.page()
          .waitForFunction(
              "() => window.testResults",
              null,
              new Page.WaitForFunctionOptions().setTimeout(Operator.PATIENCE));
      return (List<?>) ada.page().evaluate("() => window.testResults");
    }
  }

  private static void serve(Route route) {
    String name = route.request().url().replaceAll(".*/", "");
    try {
      route.fulfill(
          new Route.FulfillOptions()
              .setContentType("text/javascript;charset=UTF-8")
              .setBody(Files.readString(TESTS.resolve(name))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
