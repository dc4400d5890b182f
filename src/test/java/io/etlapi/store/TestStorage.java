package io.etlapi.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** Opens a storage folder on a disk that a test has put in between. */
public final class TestStorage {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private TestStorage() {}

  /**
   * Opens it as the server does.
   *
   * @param around gets the real disk and returns the one to use
   * @throws StoreException if it cannot be opened
   */
  public static Storage open(Path root, UnaryOperator<Disk> around) {
    return Storage.open(root, NOW, around::apply, () -> new Uptime.Reading("boot", 0));
  }

  /** The names of records that the start found unreadable. */
  public static java.util.List<String> quarantined(Storage storage) {
    return storage.report().quarantined().stream()
        .map(RecoveryReport.Quarantined::toString)
        .toList();
  }
}
