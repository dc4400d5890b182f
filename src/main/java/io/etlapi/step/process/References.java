package io.etlapi.step.process;

import io.etlapi.json.Json;
import io.etlapi.step.StepException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** References in the arguments and the environment of a program. */
public final class References {

  /** A reference; its first group is what it refers to. */
  public static final Pattern PATTERN = Pattern.compile("\\$\\{([^{}]{0,200})}");

  private static final String PARAMETERS = "parameters.";

  private final Path steps;
  private final Path task;
  private final Map<String, @Nullable Object> parameters;

  References(Path steps, Path task, Map<String, @Nullable Object> parameters) {
    this.steps = steps;
    this.task = task;
    this.parameters = parameters;
  }

  /** The parameter that a reference names; null if it names something else. */
  public static @Nullable String parameter(String reference) {
    return reference.startsWith(PARAMETERS) ? reference.substring(PARAMETERS.length()) : null;
  }

  /** Whether a reference, other than to a parameter or a secret, is one that has a value. */
  public static boolean isPlace(String reference) {
    return reference.equals("steps") || reference.equals("task");
  }

  /**
   * The text with the values; a parameter that was not sent is an empty text. References to secrets
   * stay as they are.
   *
   * @throws StepException if a value cannot be handed to a program
   */
  String resolve(String text) throws StepException {
    Matcher matcher = PATTERN.matcher(text);
    StringBuilder resolved = new StringBuilder();
    int end = 0;
    while (matcher.find()) {
      resolved.append(text, end, matcher.start()).append(value(matcher));
      end = matcher.end();
    }
    return resolved.append(text, end, text.length()).toString();
  }

  private String value(Matcher reference) throws StepException {
    String name = parameter(reference.group(1));
    if (name == null) {
      return switch (reference.group(1)) {
        case "steps" -> steps.toString();
        case "task" -> task.toString();
        default -> reference.group();
      };
    }
    Object value = parameters.get(name);
    String text = value == null ? "" : value instanceof String s ? s : Json.write(value);
    if (text.indexOf('\0') >= 0) {
      throw new StepException(
          "Parameter '" + name + "' holds the character NUL, which no argument of a program can.");
    }
    return text;
  }
}
