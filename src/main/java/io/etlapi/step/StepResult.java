package io.etlapi.step;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a step returns: the JSON object that clients read as {@code output}.
 *
 * @param output JSON values, in the order in which they are written
 */
public record StepResult(Map<String, @Nullable Object> output) {}
