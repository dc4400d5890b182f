package io.etlapi.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.jar.Manifest;
import org.duckdb.DuckDBDriver;

/**
 * Opens confined sessions, as many at a time as the machine has cores. A session has an in-memory
 * database of its own: measured, sharing one instance costs more processor time and six times the
 * memory. Thread-safe.
 */
public final class DuckDbEngine {

  private static final String UNKNOWN = "unknown";

  private final long memoryBytes;
  private final long maxTempBytes;
  private final Path tempFolder;
  private final EnginePermits permits;

  /**
   * An engine that holds nothing until a session is opened.
   *
   * @param memoryBytes bound of all sessions together
   * @param permits threads of all sessions together, 1 or more
   * @param maxTempBytes what one session may spill to disk
   * @param tempFolder private to this engine; made if missing
   */
  public DuckDbEngine(long memoryBytes, int permits, long maxTempBytes, Path tempFolder) {
    this.memoryBytes = memoryBytes;
    this.maxTempBytes = maxTempBytes;
    this.tempFolder = tempFolder;
    this.permits = new EnginePermits(permits);
    try {
      Files.createDirectories(tempFolder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for a permit and opens a session that can reach the given files and nothing else.
   *
   * @param readable files the session may read
   * @param folder the one folder it may read and write, with all below
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws EngineException if the engine cannot open
   */
  public DuckDbSession open(Collection<Path> readable, Path folder) throws InterruptedException {
    EnginePermits.Grant grant = permits.acquire();
    try {
      Path spill = Files.createTempDirectory(tempFolder, "session-");
      return DuckDbSession.open(
          new DuckDbSession.Bounds(
              memoryBytes / permits.total() * grant.threads(),
              grant.threads(),
              maxTempBytes,
              spill,
              readable,
              folder),
          grant);
    } catch (IOException e) {
      grant.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      grant.close();
      throw e;
    }
  }

  /** The release of the engine, from its jar; {@code unknown} if that does not say. */
  public static String version() {
    String own = "/" + DuckDBDriver.class.getName().replace('.', '/') + ".class";
    URL found = DuckDBDriver.class.getResource(own);
    if (found == null) {
      return UNKNOWN;
    }
    try (InputStream in =
        new URL(found.toString().replace(own, "/META-INF/MANIFEST.MF")).openStream()) {
      String version = new Manifest(in).getMainAttributes().getValue("Bundle-Version");
      return version == null ? UNKNOWN : version;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  /** Memory of all sessions together. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** Threads of all sessions together. */
  public int totalPermits() {
    return permits.total();
  }

  /** Threads that no session holds now. */
  public int freePermits() {
    return permits.free();
  }

  /** Callers that wait for a session now. */
  public int waiting() {
    return permits.waiting();
  }
}
