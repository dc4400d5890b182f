package io.etlapi.it.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Somebody with the console open in a window of their own. Everything waits for what it looks for.
 * Closing the window fails if the page broke its own rules: a script that threw, a breach of the
 * Content-Security-Policy.
 */
final class Operator implements AutoCloseable {

  /** The machine may be busy; nothing is waited for in vain when all is well. */
  static final double PATIENCE = Integer.getInteger("etl.test.patience.ms", 90_000);

  private static final String WATCH =
      "window.breaches = []; addEventListener('securitypolicyviolation', event =>"
          + " window.breaches.push(`${event.effectiveDirective} ${event.blockedURI}`));";

  private final BrowserContext context;
  private final Page page;
  private final String base;
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  /** What the window is like. */
  record Window(int width, int height, ColorScheme scheme) {
    static final Window DESK = new Window(1440, 900, ColorScheme.LIGHT);
    static final Window NIGHT = new Window(1440, 900, ColorScheme.DARK);
    static final Window WALL = new Window(3840, 2160, ColorScheme.LIGHT);
    static final Window WALL_NIGHT = new Window(3840, 2160, ColorScheme.DARK);
    static final Window PHONE = new Window(360, 740, ColorScheme.LIGHT);
  }

  Operator(ConsoleTest.Stage stage) {
    this(stage, Window.DESK);
  }

  Operator(ConsoleTest.Stage stage, Window window) {
    context =
        stage
            .chromium()
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(window.width(), window.height())
                    .setColorScheme(window.scheme())
                    .setLocale("en-GB")
                    .setTimezoneId("UTC"));
    context.setDefaultTimeout(PATIENCE);
    context.addInitScript(WATCH);
    page = context.newPage();
    base = stage.server().uri() + "/";
    page.onPageError(fault -> faults.add("script: " + fault));
    page.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")
              || message.text().contains("Trusted")) {
            faults.add("policy: " + message.text());
          }
        });
    page.onRequest((Request request) -> requests.add(request.url().substring(base.length())));
    page.onDialog(
        dialog -> {
          faults.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
  }

  /** Goes to an address of the console, such as {@code #/tasks}, as from a link. */
  Operator open(String address) {
    page.navigate(base + address);
    main().waitFor();
    return this;
  }

  Page page() {
    return page;
  }

  Locator main() {
    return page.locator("main#content");
  }

  Locator heading(String text) {
    return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(text)).first();
  }

  Locator button(String text) {
    return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(text).setExact(true))
        .first();
  }

  Locator link(String text) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(text)).first();
  }

  Locator text(String text) {
    // A closed list of choices may hold the same words.
    return page.getByText(text).filter(new Locator.FilterOptions().setVisible(true)).first();
  }

  /** Waits until the console hears of changes as they happen. */
  Operator isLive() {
    page.locator(".connection.live").waitFor();
    return this;
  }

  /** What is in this browser for the server: its cookies. */
  List<Cookie> cookies() {
    return context.cookies(base);
  }

  /** Waits until this can be seen. */
  Operator sees(String text) {
    text(text).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
    return this;
  }

  Operator seesHeading(String text) {
    heading(text).waitFor();
    return this;
  }

  /** Waits until this cannot be seen any more. */
  Operator seesNoMore(Locator what) {
    that(what).not().isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE));
    return this;
  }

  static LocatorAssertions that(Locator what) {
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
    return PlaywrightAssertions.assertThat(what);
  }

  /** The id that the address of a run names. */
  String runShown() {
    page.waitForURL(url -> url.matches(".*#/run/[0-9a-f-]{36}.*"));
    return page.url().replaceAll(".*#/run/([0-9a-f-]{36}).*", "$1");
  }

  /** Below the context root, in the order in which they were sent. */
  List<String> requests() {
    return requests;
  }

  /** What broke the page's own rules until now. */
  List<String> faults() {
    Object breaches = page.evaluate("() => window.breaches");
    if (breaches instanceof List<?> list) {
      list.forEach(breach -> faults.add("policy: " + breach));
    }
    return List.copyOf(faults);
  }

  /** The request body that reconciles one day of the sample. */
  static Map<String, Object> sample(String date) {
    return Map.of(
        "parameters",
        Map.of(
            "expectedRunDate", date,
            "rootFileDir", "samples/control",
            "inputConfigFilePath", "samples/control",
            "inputConfigFilePattern", "payments.json"));
  }

  @Override
  public void close() {
    try {
      assertEquals(List.of(), faults());
    } finally {
      context.close();
    }
  }
}
