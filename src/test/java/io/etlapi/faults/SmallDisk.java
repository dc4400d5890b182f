package io.etlapi.faults;

import io.etlapi.it.server.ServerKind;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.TestBuild;
import io.etlapi.it.server.TestFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A file system of its own under the storage of a server, mounted for as long as it is open. */
final class SmallDisk implements AutoCloseable {

  private final Path mount;
  private final ServerProcess server;
  private final Map<String, Object> body;

  /**
   * Mounts it; the server is not started yet.
   *
   * @param name of the section, for the folders
   * @throws Unavailable if this machine does not let it
   */
  SmallDisk(String name) throws IOException, InterruptedException, Unavailable {
    Tools.requireRoot();
    Tools.require("mount", "umount");
    mount = TestBuild.emptyFolder("faults-" + name + "-mount");
    TestFiles files = new TestFiles(TestBuild.emptyFolder("faults-" + name + "-data"));
    body = TestFiles.reading(files.numbered("small.csv", "x", 100));
    server =
        ServerProcess.onStorage(
            ServerKind.PAYARA_MICRO,
            "faults-" + name,
            mount.resolve("storage"),
            Map.of(
                "ETL_DATA_ROOTS", files.folder().toString(),
                "ETL_MIN_FREE_SPACE", "0",
                "ETL_ENGINE_MEMORY", "256M"));
    Tools.run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", mount.toString());
  }

  /** The folder that it is mounted on; the storage is a folder in it. */
  Path mount() {
    return mount;
  }

  ServerProcess server() {
    return server;
  }

  /** A request of {@code read_csv} that the server can serve. */
  Map<String, Object> body() {
    return body;
  }

  /** Ends the server and takes the file system away, whatever is still open on it. */
  @Override
  public void close() throws IOException, InterruptedException, Unavailable {
    server.close();
    Tools.run("umount", "-l", mount.toString());
  }
}
