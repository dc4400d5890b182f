package io.etlapi.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that sends the headers it is told, such as credentials. Immutable. */
public final class GuardedClient {

  private static final Duration CALL_LIMIT = Duration.ofMinutes(2);

  private final URI base;
  private final HttpClient http;
  private final List<String> headers;

  public GuardedClient(URI base) {
    this(
        base,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .build(),
        List.of());
  }

  private GuardedClient(URI base, HttpClient http, List<String> headers) {
    this.base = base;
    this.http = http;
    this.headers = headers;
  }

  /** The same client that sends one header more. */
  public GuardedClient with(String name, String value) {
    List<String> more = new ArrayList<>(headers);
    more.add(name);
    more.add(value);
    return new GuardedClient(base, http, List.copyOf(more));
  }

  /** The same client with a bearer token. */
  public GuardedClient bearing(String token) {
    return with("Authorization", "Bearer " + token);
  }

  public Answer get(String path) {
    return send("GET", path, null);
  }

  /** Sends a body of JSON; null for none, and then no content type either. */
  public Answer send(String method, String path, @Nullable String json) {
    try {
      HttpResponse<String> response =
          http.send(request(method, path, json), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The status alone: for answers that have no end. */
  public int status(String method, String path, @Nullable String json) {
    try {
      HttpResponse<InputStream> response =
          http.send(request(method, path, json), BodyHandlers.ofInputStream());
      response.body().close();
      return response.statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The body of an answer that may have no end. */
  public InputStream open(String path) throws IOException {
    try {
      return http.send(request("GET", path, null), BodyHandlers.ofInputStream()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String method, String path, @Nullable String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(CALL_LIMIT)
            .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(new String[0]));
    }
    return request.build();
  }
}
