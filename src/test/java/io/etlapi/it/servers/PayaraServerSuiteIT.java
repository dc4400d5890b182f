package io.etlapi.it.servers;

import io.etlapi.it.server.ServerKind;

class PayaraServerSuiteIT extends HotDeploymentSuite {
  PayaraServerSuiteIT() {
    super(ServerKind.PAYARA_SERVER);
  }
}
