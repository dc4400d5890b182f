package io.etlapi.step.completeness.source;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file that a control found for its run date.
 *
 * @param role {@code src}, {@code tgt}, {@code src_lookup_1} (from 1), {@code holidays}
 * @param file name below the root folder and place
 */
public record FoundFile(String role, SourceFile file, long bytes, String sha256) {

  /** As JSON values, without the place. */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("role", role);
    json.put("file", file.name());
    json.put("size_bytes", bytes);
    json.put("sha256", sha256);
    return json;
  }
}
