package io.etlapi.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A step of the operator's own that leaves a mark each time it runs, and must not be run again:
 * neither for the same task nor for the same request that was sent twice.
 */
final class MarkedSteps {

  static final String STEP = "mark";

  private final Path folder;
  private final Path marks;

  MarkedSteps(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("steps"));
    this.marks = folder.resolve("marks");
    Files.writeString(marks, "");
    Path script = this.folder.resolve("mark.sh");
    Files.writeString(
        script, "#!/bin/sh\necho \"$1\" >> " + marks + "\nsleep 0.0$(( $$ % 10 ))\necho '{}'\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException("cannot be made executable: " + script);
    }
    Files.writeString(
        this.folder.resolve("mark.step.json"),
        """
        {
          "name": "mark",
          "display_name": "Mark",
          "description": "Leaves a mark each time it runs.",
          "kind": "process",
          "parameters": {
            "type": "object",
            "properties": {"mark": {"type": "string"}},
            "required": ["mark"]
          },
          "process": {
            "command": ["./mark.sh", "${parameters.mark}"],
            "environment": {"PATH": "/usr/bin:/bin"}
          }
        }
        """);
  }

  Map<String, String> settings() {
    return Map.of("ETL_STEPS_DIR", folder.toString(), "ETL_PROCESS_STEPS", "true");
  }

  /** A request that leaves this mark. */
  static Map<String, Object> body(String mark) {
    return Map.of("parameters", Map.of("mark", mark));
  }

  /** How often each mark was left. */
  Map<String, Integer> runs() throws IOException {
    Map<String, Integer> runs = new HashMap<>();
    List<String> lines = Files.readAllLines(marks);
    lines.forEach(mark -> runs.merge(mark, 1, Integer::sum));
    return runs;
  }
}
