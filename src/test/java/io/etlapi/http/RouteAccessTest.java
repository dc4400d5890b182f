package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.etlapi.json.Json;
import io.etlapi.security.Access;
import io.etlapi.security.Caller;
import io.etlapi.security.Role;
import io.etlapi.security.RoleCheck;
import io.etlapi.security.Routes;
import jakarta.servlet.Filter;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.annotation.WebServlet;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Every route of the application is in the table of roles, and every role gets what it says. */
class RouteAccessTest {

  /** Whom each route is open to, written down a second time: a slip in the table shows here. */
  private static final Set<String> PUBLIC =
      Set.of("GET /", "GET /session", "POST /session", "DELETE /session");

  private static final Set<String> PROBES =
      Set.of("GET /health/live", "GET /health/ready", "GET /health/started");
  private static final Set<String> READ_BY_ADMINS =
      Set.of("GET /tokens", "GET /server/diagnostics");
  private static final Set<String> DONE_BY_OPERATORS =
      Set.of(
          "POST /run/{step}",
          "POST /stop/{id}",
          "DELETE /tasks/{id}",
          "POST /cleanup/now",
          "POST /controls/{id}/breaks/{break_id}/actions");

  /** Files of the console, and where browsers look for an icon by themselves. */
  private static final Set<String> STATIC =
      Set.of(
          "/index.html",
          "/openapi.json",
          "/favicon.ico",
          "/favicon.svg",
          "/console/**",
          "/vendor/**");

  @Test
  void everyRouteOfTheApplicationIsInTheTable() {
    Set<String> routes = applicationRoutes();
    assertTrue(routes.contains("POST /run/{step}"), "the resources are found: " + routes);
    assertTrue(routes.contains("GET /-/problem"), "the servlets are found: " + routes);
    Set<String> missing = new TreeSet<>();
    for (String route : routes) {
      if (!route.equals("GET /-/problem") && found(route) == null) {
        missing.add(route);
      }
    }
    if (!missing.isEmpty()) {
      fail(
          "These routes are in no line of the table in io.etlapi.security.Routes, so only admins"
              + " reach them: "
              + missing
              + ". Add for each: route(\"METHOD\", \"/path/{name}\", VIEWER | OPERATOR | ADMIN |"
              + " PUBLIC | PROBE). By rule a GET is VIEWER, and what changes something is ADMIN;"
              + " any other access is named in this test as well (PUBLIC, PROBES, READ_BY_ADMINS,"
              + " DONE_BY_OPERATORS).");
    }
  }

  @Test
  void everyLineOfTheTableIsARouteOrAStaticFile() {
    Set<String> routes =
        applicationRoutes().stream()
            .map(RouteAccessTest::withoutNames)
            .collect(Collectors.toCollection(TreeSet::new));
    for (Routes.Route line : Routes.all()) {
      String template = line.template();
      if (line.method().equals("GET") && STATIC.contains(template)) {
        assertEquals(Access.PUBLIC, line.access(), template);
      } else {
        assertTrue(
            routes.contains(withoutNames(line.method() + " " + template)),
            line + " leads nowhere: take it out of the table in io.etlapi.security.Routes");
      }
    }
  }

  private static String withoutNames(String route) {
    return route.replaceAll("\\{[^}]*}", "{}");
  }

  @Test
  void whatNeedsCredentialsIsDescribedAsSuch() throws IOException {
    for (Map.Entry<String, Map<?, ?>> operation : operations().entrySet()) {
      Access access = accessOf(operation.getKey());
      boolean open = access == Access.PUBLIC || access == Access.PROBE;
      Object answers = operation.getValue().get("responses");
      assertTrue(
          open || (answers instanceof Map<?, ?> known && known.containsKey("401")),
          operation.getKey() + " does not say that it may be answered 401");
    }
  }

  @Test
  void everyRoleAndNobodyGetsExactlyWhatTheRulesSay() {
    for (String route : applicationRoutes()) {
      if (route.equals("GET /-/problem")) {
        continue;
      }
      Access expected = expected(route);
      assertEquals(expected, accessOf(route), route);
      assertEquals(
          expected == Access.PUBLIC || expected == Access.PROBE ? 0 : 401,
          denial(route, null),
          route + " without credentials");
      for (Role role : Role.values()) {
        boolean enough = expected.role().map(role::includes).orElse(true);
        assertEquals(enough ? 0 : 403, denial(route, role), route + " as " + role.word());
      }
    }
  }

  @Test
  void whatIsInNoLineIsThereForAdminsAlone() {
    for (String path :
        List.of(
            "/nothing",
            "/tokens/a/b",
            "/%74okens",
            "//tokens",
            "/console",
            "/TOKENS",
            "/WEB-INF/web.xml")) {
      assertEquals(401, denial("GET " + path, null), path);
      assertEquals(404, denial("GET " + path, Role.VIEWER), path);
      assertEquals(404, denial("GET " + path, Role.OPERATOR), path);
      assertEquals(0, denial("GET " + path, Role.ADMIN), path);
    }
  }

  @Test
  void anotherMethodIsNoWayAroundTheTable() {
    for (String method : List.of("PUT", "PATCH", "TRACE", "delete", "UNHEARD-OF")) {
      assertEquals(401, denial(method + " /run/x", null), method);
      assertEquals(405, denial(method + " /run/x", Role.OPERATOR), method);
    }
    assertEquals(0, denial("HEAD /status/x", Role.VIEWER));
    assertEquals(401, denial("HEAD /status/x", null));
    assertEquals(403, denial("HEAD /tokens", Role.OPERATOR));
    assertEquals(401, denial("OPTIONS /tokens", null));
  }

  @Test
  void aSlashAtTheEndChangesNothing() {
    assertEquals(403, denial("GET /tokens/", Role.VIEWER));
    assertEquals(0, denial("GET /status/x/", Role.VIEWER));
  }

  @Test
  void staticFilesAreServedToWhoeverMayTalkAndNothingElseIs() {
    for (String path :
        List.of("/index.html", "/console/app.js", "/vendor/a/b/c.js", "/openapi.json")) {
      assertEquals(0, denial("GET " + path, null), path);
      assertEquals(401, denial("POST " + path, null), path);
    }
    assertEquals(401, denial("GET /console/", null));
  }

  @Test
  void aStreamIsKnownByPathAndQuery() {
    assertTrue(Routes.isStream("/events", ""));
    assertTrue(Routes.isStream("/events/x", "last_event_id=1"));
    assertTrue(Routes.isStream("/logs/x", "offset=3&follow=true"));
    assertFalse(Routes.isStream("/logs/x", "follow=false"));
    assertFalse(Routes.isStream("/logs/x", "unfollow=true"));
    assertFalse(Routes.isStream("/status/x", "follow=true"));
  }

  @Test
  void noFilterAnswersBeforeTheGuardHasDecided() throws Exception {
    Set<String> own = new TreeSet<>();
    for (JavaClass found :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.etlapi")) {
      assertFalse(
          found.isAnnotatedWith(WebFilter.class),
          found.getSimpleName() + " must be declared in web.xml: annotations have no order.");
      if (found.isAssignableTo(Filter.class)) {
        own.add(found.getName());
      }
    }
    Document descriptor =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(java.nio.file.Path.of("webapp/WEB-INF/web.xml").toFile());
    Map<String, String> declared = new TreeMap<>();
    for (Element filter : elements(descriptor, "filter")) {
      declared.put(text(filter, "filter-name"), text(filter, "filter-class"));
      assertEquals("true", text(filter, "async-supported"), "streams pass through every filter");
    }
    assertEquals(own, new TreeSet<>(declared.values()));
    List<Element> mappings = elements(descriptor, "filter-mapping");
    assertEquals(
        declared.keySet(),
        mappings.stream()
            .map(mapping -> text(mapping, "filter-name"))
            .collect(Collectors.toCollection(TreeSet::new)));
    // Mappings by servlet name come after all mappings by path; the guard's is the first of these.
    Element first = mappings.get(0);
    assertEquals(GuardFilter.class.getName(), declared.get(text(first, "filter-name")));
    assertEquals(
        "guard /* REQUEST ERROR", String.join(" ", first.getTextContent().split("\\s+")).trim());
  }

  private static List<Element> elements(Document document, String name) {
    NodeList found = document.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(at -> (Element) found.item(at)).toList();
  }

  private static String text(Element element, String name) {
    return element.getElementsByTagName(name).item(0).getTextContent();
  }

  private static Access expected(String route) {
    if (PUBLIC.contains(route)) {
      return Access.PUBLIC;
    }
    if (PROBES.contains(route)) {
      return Access.PROBE;
    }
    if (DONE_BY_OPERATORS.contains(route)) {
      return Access.OPERATOR;
    }
    return route.startsWith("GET ") && !READ_BY_ADMINS.contains(route)
        ? Access.VIEWER
        : Access.ADMIN;
  }

  private static @Nullable Access accessOf(String route) {
    Routes.Route found = found(route);
    return found == null ? null : found.access();
  }

  private static Routes.@Nullable Route found(String route) {
    String[] parts = route.split(" ", 2);
    return Routes.find(parts[0], parts[1].replaceAll("\\{[^}]*}", "x"))
            instanceof Routes.Match.Found found
        ? found.route()
        : null;
  }

  /** The status of the refusal; 0 if there is none. */
  private static int denial(String route, @Nullable Role role) {
    String[] parts = route.split(" ", 2);
    String path = parts[1].replaceAll("\\{[^}]*}", "x");
    Caller caller = role == null ? null : new Caller("ada", role, Caller.Kind.REALM, null);
    return RoleCheck.check(parts[0], Routes.find(parts[0], path), caller)
        .map(RoleCheck.Denied::status)
        .orElse(0);
  }

  /** Paths that a servlet answers with 404, because only what is below them exists. */
  private static final Set<String> NOTHING_THERE = Set.of("/status");

  /** From the annotations of resources and servlets, and from the description of the interface. */
  private static Set<String> applicationRoutes() {
    Set<String> routes = new TreeSet<>();
    for (JavaClass found :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.etlapi")) {
      if (!found.isAnnotatedWith(Path.class) && !found.isAnnotatedWith(WebServlet.class)) {
        continue;
      }
      Class<?> type = found.reflect();
      Path root = type.getAnnotation(Path.class);
      if (root != null) {
        ofResource(type, root).forEach(routes::add);
      }
      WebServlet servlet = type.getAnnotation(WebServlet.class);
      if (servlet != null) {
        ofServlet(type, servlet).forEach(routes::add);
      }
    }
    routes.addAll(described());
    return routes;
  }

  private static Stream<String> ofResource(Class<?> type, Path root) {
    return Arrays.stream(type.getDeclaredMethods())
        .flatMap(
            method ->
                httpMethods(method)
                    .map(
                        http -> {
                          Path own = method.getAnnotation(Path.class);
                          String path = "/" + root.value() + (own == null ? "" : "/" + own.value());
                          return http + " " + path.replaceAll("/+", "/").replaceAll("(.)/$", "$1");
                        }));
  }

  private static Stream<String> httpMethods(Method method) {
    return Arrays.stream(method.getAnnotations())
        .map(Annotation::annotationType)
        .map(type -> type.getAnnotation(HttpMethod.class))
        .filter(http -> http != null)
        .map(HttpMethod::value);
  }

  /**
   * The path itself, which a pattern for all below it matches as well, is for admins if unlisted.
   */
  private static Stream<String> ofServlet(Class<?> type, WebServlet servlet) {
    Set<String> methods = new TreeSet<>();
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().matches("do(Get|Post|Put|Delete)")) {
        methods.add(method.getName().substring(2).toUpperCase(Locale.ROOT));
      }
    }
    if (methods.isEmpty()) {
      methods.add("GET");
    }
    return Stream.concat(Arrays.stream(servlet.value()), Arrays.stream(servlet.urlPatterns()))
        .flatMap(
            pattern ->
                pattern.endsWith("/*")
                    ? Stream.of(pattern.substring(0, pattern.length() - 1) + "{id}")
                    : Stream.of(pattern))
        .filter(path -> !NOTHING_THERE.contains(path))
        .flatMap(path -> methods.stream().map(method -> method + " " + path));
  }

  private static Set<String> described() {
    try {
      return operations().keySet();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the description says of each method of each path. */
  private static Map<String, Map<?, ?>> operations() throws IOException {
    Map<String, Map<?, ?>> found = new TreeMap<>();
    Map<?, ?> paths =
        (Map<?, ?>)
            Objects.requireNonNull(
                Json.parseObject(Files.readString(java.nio.file.Path.of("webapp/openapi.json")))
                    .get("paths"));
    paths.forEach(
        (path, methods) ->
            ((Map<?, ?>) Objects.requireNonNull(methods))
                .forEach(
                    (method, operation) -> {
                      if (String.valueOf(method).matches("get|put|post|delete|patch")) {
                        found.put(
                            String.valueOf(method).toUpperCase(Locale.ROOT) + " " + path,
                            (Map<?, ?>) Objects.requireNonNull(operation));
                      }
                    }));
    return found;
  }
}
