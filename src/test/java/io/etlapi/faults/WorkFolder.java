package io.etlapi.faults;

import io.etlapi.it.server.TestBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Empty folders for storages that are injured. */
final class WorkFolder {

  private static final Path MEMORY = Path.of("/dev/shm");

  private WorkFolder() {}

  /** In memory where there is such a disk: for models of a disk, which need none of their own. */
  static Path inMemory(String name) throws IOException {
    if (!Files.isWritable(MEMORY)) {
      return TestBuild.emptyFolder("faults-" + name);
    }
    Path folder = MEMORY.resolve("etl-faults-" + ProcessHandle.current().pid()).resolve(name);
    TestBuild.delete(folder);
    return Files.createDirectories(folder);
  }

  /** Removes what {@link #inMemory} made. */
  static void removeAll() {
    TestBuild.delete(MEMORY.resolve("etl-faults-" + ProcessHandle.current().pid()));
  }
}
