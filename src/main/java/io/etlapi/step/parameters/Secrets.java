package io.etlapi.step.parameters;

import io.etlapi.step.StepException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one attempt: read from their files when it starts, held in memory until it ends,
 * and blotted out of everything that its step says.
 */
public final class Secrets {

  private static final int MAX_BYTES = 64 * 1024;

  /** A shorter text would be found in words that give nothing away. */
  private static final int MIN_BLOTTED = 4;

  private static final String BLOT = "***";

  private final Optional<Path> folder;
  private final List<String> values = new ArrayList<>();

  /**
   * No secret is read yet.
   *
   * @param folder has a file for each secret, named like it
   */
  public Secrets(Optional<Path> folder) {
    this.folder = folder;
  }

  /**
   * The parameters with the values of those that are declared secret.
   *
   * @throws StepException if one of those is no reference, or its secret is not there
   */
  public Map<String, @Nullable Object> resolve(
      Map<String, ? extends @Nullable Object> parameters, ParameterRules rules)
      throws StepException {
    Map<String, @Nullable Object> resolved = new LinkedHashMap<>(parameters);
    for (String name : rules.secrets()) {
      Object value = parameters.get(name);
      if (value == null) {
        continue;
      }
      resolved.put(name, require(name, value));
    }
    return resolved;
  }

  /**
   * The value of one parameter.
   *
   * @throws StepException if it is no reference, or its secret is not there
   */
  public String require(String name, @Nullable Object value) throws StepException {
    if (value == null) {
      throw new StepException("Parameter '" + name + "' is missing.");
    }
    if (!(value instanceof String text)
        || !ParameterRules.SECRET_REFERENCE.matcher(text).matches()) {
      throw new StepException(ParameterRules.literalSecret(name));
    }
    return resolveText(text);
  }

  /** A text with the values of the secrets that it refers to. */
  public String resolveText(String text) throws StepException {
    Matcher matcher = ParameterRules.SECRET_REFERENCE.matcher(text);
    StringBuilder resolved = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      resolved.append(text, end, matcher.start()).append(read(matcher.group(1)));
      end = matcher.end();
    }
    return resolved.append(text, end, text.length()).toString();
  }

  private String read(String name) throws StepException {
    Path file =
        folder
            .orElseThrow(
                () ->
                    new StepException(
                        "The secret '" + name + "' cannot be read: set ETL_SECRETS_DIR."))
            .resolve(name);
    try {
      if (!Files.isRegularFile(file)) {
        throw new StepException(
            "There is no secret '"
                + name
                + "': put it into a file of that name in"
                + " ETL_SECRETS_DIR.");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new StepException("The secret '" + name + "' is larger than 64 KiB.");
      }
      String value = Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
      // A secret of several lines, such as a key, is met line by line.
      Stream.concat(Stream.of(value), value.lines())
          .filter(part -> part.length() >= MIN_BLOTTED && !values.contains(part))
          .forEach(values::add);
      values.sort(Comparator.comparing(String::length).reversed());
      return value;
    } catch (IOException e) {
      // The cause may quote the content.
      throw new StepException("The secret '" + name + "' cannot be read as UTF-8 text.");
    }
  }

  /** Whether any value is known that must not be shown. */
  public boolean wereRead() {
    return !values.isEmpty();
  }

  /** A text without the secrets. */
  public String blot(String text) {
    String blotted = text;
    for (String value : values) {
      blotted = blotted.replace(value, BLOT);
    }
    return blotted;
  }

  /** A JSON object without the secrets, in names as well. */
  public Map<String, @Nullable Object> blotMembers(Map<String, @Nullable Object> object) {
    if (values.isEmpty()) {
      return object;
    }
    Map<String, @Nullable Object> blotted = new LinkedHashMap<>();
    object.forEach((name, value) -> blotted.put(blot(name), blotValue(value)));
    return blotted;
  }

  private @Nullable Object blotValue(@Nullable Object value) {
    if (values.isEmpty()) {
      return value;
    }
    if (value instanceof String text) {
      return blot(text);
    }
    if (value instanceof List<?> items) {
      List<@Nullable Object> blotted = new ArrayList<>();
      items.forEach(item -> blotted.add(blotValue(item)));
      return blotted;
    }
    if (value instanceof Map<?, ?> members) {
      Map<String, @Nullable Object> blotted = new LinkedHashMap<>();
      members.forEach((key, member) -> blotted.put(blot(String.valueOf(key)), blotValue(member)));
      return blotted;
    }
    return value;
  }
}
