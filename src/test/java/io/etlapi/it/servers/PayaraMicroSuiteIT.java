package io.etlapi.it.servers;

import io.etlapi.it.server.ServerKind;

class PayaraMicroSuiteIT extends ServerSuite {
  PayaraMicroSuiteIT() {
    super(ServerKind.PAYARA_MICRO);
  }
}
