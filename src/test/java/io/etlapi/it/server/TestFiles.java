package io.etlapi.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Input files in a folder that the server may read. */
public record TestFiles(Path folder) {

  /**
   * Writes a text file and returns its absolute path. A task that reads it meanwhile sees the file
   * as it was or as it is, never half of it.
   */
  public String write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      if (!Files.exists(file) || !Files.readString(file).equals(text)) {
        Path aside = Files.createTempFile(file.getParent(), "new", ".tmp");
        Files.writeString(aside, text);
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
      }
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A program {@code show_trace} below {@code steps}, whose output has the trace it was given. */
  public void traceStep() {
    write(
        "steps/show_trace.step.json",
        """
        {"name": "show_trace", "display_name": "Show Trace", "description": "Prints its trace.",
         "kind": "process", "parameters": {"type": "object"},
         "process": {"command": ["/bin/sh", "${steps}/show_trace.sh"]}}
        """);
    write("steps/show_trace.sh", "echo '{\"trace\": \"'$TRACEPARENT'\"}'\n");
  }

  /** A CSV of {@code rows} rows with the columns id (counting from 1), owner and k (always 1). */
  public String numbered(String name, String owner, int rows) {
    StringBuilder text = new StringBuilder("id,owner,k\n");
    for (int id = 1; id <= rows; id++) {
      text.append(id).append(',').append(owner).append(",1\n");
    }
    return write(name, text.toString());
  }

  /** The body that reads one file. */
  public static Map<String, Object> reading(String path) {
    return Map.of("custom_params", Map.of("file_path", path));
  }
}
