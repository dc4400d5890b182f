package io.etlapi.http.live;

import io.etlapi.http.TaskIds;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code GET /logs/{id}?follow=true}: takes such a request before JAX-RS sees it; all others go on.
 * Declared in {@code web.xml}, which alone can say that the guard comes first.
 */
public class LogFollowFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String PREFIX = "/logs/";

  @Inject transient LiveEvents live;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    if (reads && "true".equals(request.getParameter("follow"))) {
      new StreamRequest(live, request, response).answer(LogFollowFilter::wanted);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static Subscription wanted(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    return new Subscription(
        Optional.of(TaskIds.require(path.substring(PREFIX.length()))),
        Subscription.Kind.LOG,
        StreamRequest.offset(request, "offset"));
  }
}
