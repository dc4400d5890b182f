package io.etlapi.it.servers;

import io.etlapi.it.server.ServerKind;

class OpenLibertySuiteIT extends ServerSuite {
  OpenLibertySuiteIT() {
    super(ServerKind.OPEN_LIBERTY);
  }
}
