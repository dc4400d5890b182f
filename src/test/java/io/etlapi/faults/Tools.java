package io.etlapi.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that the suite injures with. */
final class Tools {

  private static final long LIMIT_SECONDS = 60;

  private Tools() {}

  /**
   * Requires programs.
   *
   * @throws Unavailable if one is not installed
   */
  static void require(String... programs) throws Unavailable {
    for (String program : programs) {
      boolean found = false;
      for (String folder : List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin")) {
        found |= Files.isExecutable(Path.of(folder, program));
      }
      if (!found) {
        throw new Unavailable(program + " is not installed");
      }
    }
  }

  /** Requires the rights of root, for mounting. */
  static void requireRoot() throws Unavailable {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new Unavailable("it mounts file systems: run it as root");
    }
  }

  /**
   * Runs a program.
   *
   * @return what it printed
   * @throws Unavailable if it ends with another code than 0
   */
  static String run(String... command) throws IOException, InterruptedException, Unavailable {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new Unavailable(String.join(" ", command) + ": " + said.strip());
    }
    return said;
  }
}
