package io.etlapi.it.server;

import io.etlapi.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client as today's are: JSON over HTTP, polling. Thread-safe. */
public final class EtlClient {

  private static final Set<String> TERMINAL = Set.of("completed", "failed", "cancelled");

  /** Longer than the longest wait that a test asks a server for ({@code Prefer: wait=60}). */
  private static final Duration CALL_LIMIT = Duration.ofMinutes(2);

  private final URI base;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          .build();

  /**
   * @param base the context root, without a slash at the end
   */
  public EtlClient(URI base) {
    this.base = base;
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer get(String path, String header, String value) {
    return send(request(path).header(header, value).GET());
  }

  /** The answer, or empty where there is no server to give one. */
  public Optional<Answer> tryGet(String path) {
    return trySend(request(path).GET());
  }

  public Answer post(String path, @Nullable Object json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.write(json))));
  }

  public Answer postWith(String path, @Nullable Object json, String header, String value) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header(header, value)
            .POST(BodyPublishers.ofString(Json.write(json))));
  }

  /** A call without a body and without a content type. */
  public Answer post(String path) {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  public Answer post(String path, String contentType, String body) {
    return send(
        request(path)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
  }

  public Answer put(String path, @Nullable Object json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(Json.write(json))));
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  public Answer send(String method, String path) {
    return send(request(path).method(method, BodyPublishers.noBody()));
  }

  public Optional<Answer> tryPost(String path, @Nullable Object json) {
    return trySend(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(Json.write(json))));
  }

  public Optional<Answer> tryPostWith(
      String path, @Nullable Object json, String header, String value) {
    return trySend(
        request(path)
            .header("Content-Type", "application/json")
            .header(header, value)
            .POST(BodyPublishers.ofString(Json.write(json))));
  }

  /** Submits a step and returns the task's id; anything but 200 is an error. */
  public String run(String step, Map<String, ? extends @Nullable Object> body) {
    Answer answer = post("/run/" + step, body);
    if (answer.status() != 200) {
      throw new AssertionError("POST /run/" + step + ": " + answer);
    }
    return answer.string("task_id");
  }

  public Answer status(String id) {
    return get("/status/" + id);
  }

  public String statusWord(String id) {
    return status(id).string("status");
  }

  /** The status document once the task has ended. */
  public Answer awaitEnd(String id, Duration limit) {
    Answer[] last = new Answer[1];
    Await.until(
        "task " + id + " ends",
        limit,
        () -> {
          last[0] = status(id);
          return TERMINAL.contains(last[0].string("status"));
        },
        () -> String.valueOf(last[0]));
    return last[0];
  }

  /** The status document of a task that must complete. */
  public Answer complete(String step, Map<String, ? extends @Nullable Object> body) {
    Answer end = awaitEnd(run(step, body), Duration.ofMinutes(3));
    if (!"completed".equals(end.string("status"))) {
      throw new AssertionError(step + " did not complete: " + end);
    }
    return end;
  }

  public static boolean isTerminal(String status) {
    return TERMINAL.contains(status);
  }

  /** To a path below the context root, or to a URL that an answer gave. */
  private HttpRequest.Builder request(String path) {
    URI target = URI.create(path.startsWith("http:") ? path : base + path);
    return HttpRequest.newBuilder(target).timeout(CALL_LIMIT);
  }

  private Answer send(HttpRequest.Builder request) {
    return trySend(request)
        .orElseThrow(() -> new AssertionError("no answer to " + request.build()));
  }

  private Optional<Answer> trySend(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return Optional.of(new Answer(response.statusCode(), response.headers(), response.body()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
