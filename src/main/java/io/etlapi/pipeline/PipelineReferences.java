package io.etlapi.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * References in a node's parameters. A text that is one reference takes the value with its type; a
 * reference inside a longer text is written into it.
 */
public final class PipelineReferences {

  static final Pattern PATTERN = Pattern.compile("\\$\\{([^{}]{1,200})}");

  private PipelineReferences() {}

  /**
   * Puts values in the place of references.
   *
   * @param lookup the value of a reference; empty if there is none
   * @throws IllegalArgumentException naming the reference that has no value
   */
  public static Map<String, @Nullable Object> resolve(
      Map<String, @Nullable Object> parameters, Function<String, Optional<Object>> lookup) {
    Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
    parameters.forEach((name, value) -> resolved.put(name, resolve(value, lookup)));
    return resolved;
  }

  private static @Nullable Object resolve(
      @Nullable Object value, Function<String, Optional<Object>> lookup) {
    if (value instanceof String text) {
      return resolveText(text, lookup);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> items = new ArrayList<>();
      for (Object item : list) {
        items.add(resolve(item, lookup));
      }
      return items;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      map.forEach((key, member) -> members.put(String.valueOf(key), resolve(member, lookup)));
      return members;
    }
    return value;
  }

  private static Object resolveText(String text, Function<String, Optional<Object>> lookup) {
    Matcher matcher = PATTERN.matcher(text);
    if (matcher.matches() && !isSecret(matcher.group(1))) {
      return value(matcher.group(1), lookup);
    }
    StringBuilder written = new StringBuilder();
    int end = 0;
    matcher.reset();
    while (matcher.find()) {
      written.append(text, end, matcher.start());
      written.append(
          isSecret(matcher.group(1)) ? matcher.group() : value(matcher.group(1), lookup));
      end = matcher.end();
    }
    return written.append(text, end, text.length()).toString();
  }

  /** Secrets are left as references: they are resolved when an attempt starts, never stored. */
  private static boolean isSecret(String reference) {
    return reference.startsWith("secret:");
  }

  private static Object value(String reference, Function<String, Optional<Object>> lookup) {
    return lookup
        .apply(reference)
        .orElseThrow(
            () -> new IllegalArgumentException("${" + reference + "} has no value in this run"));
  }

  static void visit(@Nullable Object value, Consumer<String> onText) {
    if (value instanceof String text) {
      onText.accept(text);
    } else if (value instanceof Iterable<?> items) {
      items.forEach(item -> visit(item, onText));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(item -> visit(item, onText));
    }
  }
}
