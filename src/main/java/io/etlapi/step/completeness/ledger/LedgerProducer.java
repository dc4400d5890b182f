package io.etlapi.step.completeness.ledger;

import io.etlapi.config.EtlConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Makes the ledger of this server's storage available for injection. */
@ApplicationScoped
public class LedgerProducer {

  /** The folder of all ledgers below the storage folder. */
  static final String FOLDER = "controls";

  /** The one ledger of the server. */
  @Produces
  @Singleton // it is final and so cannot be proxied
  public ControlLedger ledger(EtlConfig config, Clock clock, VerifiedTime verified) {
    return new ControlLedger(
        config.storage().directory().resolve(FOLDER),
        LedgerDisk.REAL,
        clock,
        verified,
        Math.toIntExact(config.storage().controlRetention().toDays()));
  }
}
