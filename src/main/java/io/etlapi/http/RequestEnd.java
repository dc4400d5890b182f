package io.etlapi.http;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does something once when a request is over, which may be long after its filters returned. */
final class RequestEnd implements AsyncListener {

  private final Runnable action;
  private final AtomicBoolean done = new AtomicBoolean();

  private RequestEnd(Runnable action) {
    this.action = action;
  }

  /** Runs the action now, or when the asynchronous part of the request has ended. */
  static void run(HttpServletRequest request, Runnable action) {
    RequestEnd end = new RequestEnd(action);
    if (!request.isAsyncStarted()) {
      end.once();
      return;
    }
    try {
      request.getAsyncContext().addListener(end);
    } catch (IllegalStateException e) {
      // It has ended in between.
      end.once();
    }
  }

  private void once() {
    if (done.compareAndSet(false, true)) {
      action.run();
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    once();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    // What the application answers to it counts: onComplete follows.
  }

  @Override
  public void onError(AsyncEvent event) {
    once();
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }
}
