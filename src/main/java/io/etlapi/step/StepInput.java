package io.etlapi.step;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The output of an earlier step, as a client sent it ({@code previous_outputs}) or as the server
 * holds it ({@code inputs}).
 *
 * @param name the key it was given under
 * @param output the members that were sent or kept: at least {@code status} and {@code file_info};
 *     large members such as {@code calculation_results} may be missing
 */
public record StepInput(String name, Map<String, @Nullable Object> output) {

  /** {@code file_info.file_path}, as it was sent. */
  public Optional<String> filePath() {
    return output.get("file_info") instanceof Map<?, ?> info
            && info.get("file_path") instanceof String path
            && !path.isBlank()
        ? Optional.of(path)
        : Optional.empty();
  }
}
