package io.etlapi.http;

import io.etlapi.execution.TaskManager;
import io.etlapi.monitor.Measurements;
import io.etlapi.monitor.RouteMeasurements;
import io.etlapi.security.Routes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long each kind of request takes to its answer, whoever gives that: the guard, a
 * resource, a servlet. One that waits for the end of a task ({@code Prefer: wait}) takes that long;
 * of a stream only its beginning counts. Thread-safe.
 */
@ApplicationScoped
public class RequestTimes {

  /** What no client's path can be: all that is in no line of the table of routes. */
  private static final RouteMeasurements.Route OTHER = new RouteMeasurements.Route("any", "other");

  private static final System.Logger LOG = System.getLogger(RequestTimes.class.getName());

  private @Nullable TaskManager tasks;
  private volatile @Nullable Measurements measurements;

  /** For the container's proxy. */
  protected RequestTimes() {}

  @Inject
  public RequestTimes(TaskManager tasks) {
    this.tasks = tasks;
  }

  /**
   * Counts a request when its answer is given, which may be long after its filters returned.
   *
   * @param start when it came, by {@link System#nanoTime}
   * @param broken whether it has ended with an exception, which the container will answer with 500
   */
  void measure(
      HttpServletRequest request,
      HttpServletResponse response,
      HttpFacts http,
      Routes.Match match,
      long start,
      boolean broken) {
    Measurements all = measurements();
    if (all == null) {
      return;
    }
    RouteMeasurements route = all.route(route(request.getMethod(), match));
    Runnable answered =
        () -> route.answered(broken ? 500 : response.getStatus(), System.nanoTime() - start);
    if (broken || http.isStream()) {
      answered.run();
    } else {
      RequestEnd.run(request, answered);
    }
  }

  private static RouteMeasurements.Route route(String method, Routes.Match match) {
    if (match instanceof Routes.Match.Found found) {
      // HEAD is asked for as GET is.
      return new RouteMeasurements.Route(
          method.equals("HEAD") ? method : found.route().method(), found.route().template());
    }
    return OTHER;
  }

  private @Nullable Measurements measurements() {
    Measurements known = measurements;
    TaskManager asked = tasks;
    if (known == null && asked != null) {
      try {
        known = asked.server().measurements();
        measurements = known;
      } catch (RuntimeException e) {
        // Requests are answered without figures, too; whoever needs what is missing says why.
        LOG.log(System.Logger.Level.DEBUG, "a request is not measured", e);
      }
    }
    return known;
  }
}
