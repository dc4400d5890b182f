package io.etlapi.it.servers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.Answer;
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
      Answer health = management.get("/health/" + kind);
      assertEquals(200, health.status(), health::toString);
      assertTrue(health.text().contains("etl-api-" + kind), health::toString);
    }
  }
}
