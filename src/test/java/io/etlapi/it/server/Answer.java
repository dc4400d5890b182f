package io.etlapi.it.server;

import io.etlapi.json.Json;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the server answered. */
public record Answer(int status, HttpHeaders headers, String text) {

  @SuppressWarnings("unchecked")
  public Map<String, @Nullable Object> json() {
    Object value = Json.parse(text);
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new AssertionError("not a JSON object: " + this);
  }

  @SuppressWarnings("unchecked")
  public List<Map<String, @Nullable Object>> array() {
    Object value = Json.parse(text);
    if (value instanceof List<?> list) {
      return (List<Map<String, @Nullable Object>>) list;
    }
    throw new AssertionError("not a JSON array: " + this);
  }

  /** A member of the object, reached by names; null where there is none. */
  public @Nullable Object at(String... names) {
    Object value = json();
    for (String name : names) {
      value = value instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return value;
  }

  public String string(String... names) {
    Object value = at(names);
    if (value instanceof String text) {
      return text;
    }
    throw new AssertionError(String.join(".", names) + " is no string in " + this);
  }

  public long number(String... names) {
    Object value = at(names);
    if (value instanceof Number number) {
      return number.longValue();
    }
    throw new AssertionError(String.join(".", names) + " is no number in " + this);
  }

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  public String contentType() {
    return header("Content-Type").orElse("");
  }

  @Override
  public String toString() {
    return status + " " + text.substring(0, Math.min(text.length(), 2000));
  }
}
