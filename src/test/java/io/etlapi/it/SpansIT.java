package io.etlapi.it;

import io.etlapi.it.server.ServerKind;
import io.etlapi.it.servers.SpansSuite;

/** Spans on the server that every build starts; {@link ObservabilityIT} has them switched off. */
class SpansIT extends SpansSuite {
  SpansIT() {
    super(ServerKind.PAYARA_MICRO);
  }
}
