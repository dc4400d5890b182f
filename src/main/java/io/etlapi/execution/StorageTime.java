package io.etlapi.execution;

import io.etlapi.step.completeness.ledger.VerifiedTime;
import io.etlapi.store.StorageClock;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Lends the storage's clock to the ledgers, which know nothing of the store. Thread-safe. */
@ApplicationScoped
public class StorageTime implements VerifiedTime {

  private volatile @Nullable StorageClock clock;

  /** Takes the clock of a storage that was opened; it may be read after that is closed, too. */
  public void follow(StorageClock opened) {
    clock = opened;
  }

  @Override
  public long seconds() {
    StorageClock opened = clock;
    return opened == null ? 0 : opened.tick();
  }
}
