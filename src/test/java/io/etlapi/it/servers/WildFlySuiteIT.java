package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
import io.etlapi.it.server.Await;
import io.etlapi.it.server.EtlClient;
import io.etlapi.it.server.ServerKind;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

class WildFlySuiteIT extends HotDeploymentSuite {
  WildFlySuiteIT() {
    super(ServerKind.WILDFLY);
  }

  @Test
  @Order(3)
  void theServersOwnHealthKnowsOurs() {
    EtlClient management = new EtlClient(URI.create("http://127.0.0.1:" + server.adminPort()));
    for (String kind : List.of("live", "ready", "started")) {
      // The server is ready a moment after its applications are.
      Answer[] health = new Answer[1];
      Await.until(
          "/health/" + kind + " answers 200",
          LIMIT,
          () -> {
            health[0] = management.get("/health/" + kind);
            return health[0].status() == 200;
          },
          () -> String.valueOf(health[0]));
      assertTrue(health[0].text().contains("etl-api-" + kind), health[0]::toString);
    }
  }
}
