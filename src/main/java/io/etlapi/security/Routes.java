package io.etlapi.security;

import static io.etlapi.security.Access.ADMIN;
import static io.etlapi.security.Access.OPERATOR;
import static io.etlapi.security.Access.PROBE;
import static io.etlapi.security.Access.PUBLIC;
import static io.etlapi.security.Access.VIEWER;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The one table that says who may call what. What is not in it exists for admins alone, who get
 * from the application what it has to say (404, 405). A route matches the path as it was sent: one
 * that is spelled in another way, with needless percent signs, is not in the table either.
 */
public final class Routes {

  /**
   * One line of the table. HEAD is asked for as GET is.
   *
   * @param template below the context root; {@code {name}} stands for one segment, {@code **} at
   *     the end for one or more
   */
  public record Route(String method, String template, Access access) {}

  /** What the table has for a request. */
  public sealed interface Match {

    /** The line for it. */
    record Found(Route route) implements Match {}

    /** The path is there, but not for this method. */
    record OtherMethods(Set<String> allowed) implements Match {}

    /** There is no such path. */
    record Nothing() implements Match {}
  }

  private static final List<Route> TABLE =
      List.of(
          // Who is there, and the console, which asks for a token itself.
          route("GET", "/", PUBLIC),
          route("GET", "/index.html", PUBLIC),
          route("GET", "/openapi.json", PUBLIC),
          route("GET", "/favicon.ico", PUBLIC),
          route("GET", "/favicon.svg", PUBLIC),
          route("GET", "/console/**", PUBLIC),
          route("GET", "/vendor/**", PUBLIC),
          route("GET", "/session", PUBLIC),
          route("POST", "/session", PUBLIC),
          route("DELETE", "/session", PUBLIC),
          // The server.
          route("GET", "/health/live", PROBE),
          route("GET", "/health/ready", PROBE),
          route("GET", "/health/started", PROBE),
          route("GET", "/health", VIEWER),
          route("GET", "/stats", VIEWER),
          route("GET", "/stats/history", VIEWER),
          route("GET", "/server", VIEWER),
          route("GET", "/server/diagnostics", ADMIN),
          route("GET", "/etl-metrics", VIEWER),
          route("POST", "/intake/pause", ADMIN),
          route("POST", "/intake/resume", ADMIN),
          route("GET", "/tokens", ADMIN),
          route("POST", "/tokens", ADMIN),
          route("DELETE", "/tokens/{name}", ADMIN),
          // What can be run.
          route("GET", "/steps", VIEWER),
          route("POST", "/steps/reload", ADMIN),
          route("GET", "/pipelines", VIEWER),
          route("GET", "/pipelines/{name}", VIEWER),
          route("PUT", "/pipelines/{name}", ADMIN),
          route("DELETE", "/pipelines/{name}", ADMIN),
          route("GET", "/schemas/{name}", VIEWER),
          // Tasks.
          route("POST", "/run/{step}", OPERATOR),
          route("GET", "/status/{id}", VIEWER),
          route("GET", "/output/{id}", VIEWER),
          route("GET", "/output/{id}/rows", VIEWER),
          route("GET", "/output/{id}/file", VIEWER),
          route("GET", "/logs/{id}", VIEWER),
          route("POST", "/stop/{id}", OPERATOR),
          route("GET", "/tasks", VIEWER),
          route("GET", "/tasks/{id}/request", VIEWER),
          route("DELETE", "/tasks/{id}", OPERATOR),
          route("GET", "/events", VIEWER),
          route("GET", "/events/{id}", VIEWER),
          route("POST", "/cleanup/now", OPERATOR),
          route("GET", "/cleanup/schedule", VIEWER),
          route("POST", "/cleanup/schedule", ADMIN),
          // The ledgers of the controls.
          route("GET", "/controls", VIEWER),
          route("GET", "/controls/{id}", VIEWER),
          route("GET", "/controls/{id}/runs", VIEWER),
          route("GET", "/controls/{id}/runs/{run_date}/proof", VIEWER),
          route("GET", "/controls/{id}/breaks", VIEWER),
          route("GET", "/controls/{id}/breaks/{break_id}", VIEWER),
          route("GET", "/controls/{id}/breaks/{break_id}/explanation", VIEWER),
          route("POST", "/controls/{id}/breaks/{break_id}/actions", OPERATOR));

  private static final String REST = "**";
  private static final Map<String, List<Line>> BY_FIRST_SEGMENT = index();

  private Routes() {}

  /** All lines of the table. */
  public static List<Route> all() {
    return TABLE;
  }

  /**
   * What the table has for a request. Where more than one template fits, the one with more fixed
   * segments counts, as it does for the application.
   *
   * @param path below the context root, as it was sent, without the query
   */
  public static Match find(String method, String path) {
    String trimmed =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    int end = trimmed.indexOf('/', 1);
    String first = end < 0 ? trimmed : trimmed.substring(0, end);
    String asked = method.equals("HEAD") ? "GET" : method;
    Line best = null;
    Route found = null;
    Set<String> others = null;
    for (Line line : BY_FIRST_SEGMENT.getOrDefault(first, List.of())) {
      if (!line.fits(trimmed)) {
        continue;
      }
      if (line.route.method().equals(asked)) {
        if (best == null || line.fixed > best.fixed) {
          best = line;
          found = line.route;
        }
      } else {
        others = others == null ? new TreeSet<>() : others;
        others.add(line.route.method());
      }
    }
    if (found != null) {
      return new Match.Found(found);
    }
    return others == null ? new Match.Nothing() : new Match.OtherMethods(others);
  }

  /**
   * Whether the answer to such a request has no end; those who give it count how many there are.
   *
   * @param path below the context root, as it was sent, without the query
   * @param query as it was sent; empty if there is none
   */
  public static boolean isStream(String path, String query) {
    return path.equals("/events")
        || path.startsWith("/events/")
        || (path.startsWith("/logs/") && ("&" + query + "&").contains("&follow=true&"));
  }

  private static Route route(String method, String template, Access access) {
    return new Route(method, template, access);
  }

  private static Map<String, List<Line>> index() {
    Map<String, List<Line>> lines = new HashMap<>();
    for (Route route : TABLE) {
      Line line = new Line(route);
      lines.merge(
          "/" + line.segments[0],
          List.of(line),
          (before, more) -> {
            List<Line> joined = new ArrayList<>(before);
            joined.addAll(more);
            return List.copyOf(joined);
          });
    }
    return lines;
  }

  /** A route taken apart; a variable segment is null. */
  private static final class Line {

    private final Route route;
    private final @Nullable String[] segments;
    private final boolean open;
    private final int fixed;

    Line(Route route) {
      this.route = route;
      String[] parts = route.template().substring(1).split("/", -1);
      open = parts[parts.length - 1].equals(REST);
      segments = new @Nullable String[open ? parts.length - 1 : parts.length];
      int count = 0;
      for (int i = 0; i < segments.length; i++) {
        boolean variable = parts[i].startsWith("{");
        segments[i] = variable ? null : parts[i];
        count += variable ? 0 : 1;
      }
      fixed = count;
    }

    boolean fits(String path) {
      int at = 0;
      for (String segment : segments) {
        if (at >= path.length()) {
          return false;
        }
        int start = at + 1;
        int next = path.indexOf('/', start);
        int end = next < 0 ? path.length() : next;
        if (segment == null
            ? end == start
            : end - start != segment.length() || !path.startsWith(segment, start)) {
          return false;
        }
        at = end;
      }
      return open ? at + 1 < path.length() : at == path.length();
    }
  }
}
