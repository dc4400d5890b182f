package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClientRequestsTest {

  private final ClientRequests requests = new ClientRequests(2);

  @Test
  void oneClientTakesNoMoreThanItsShareAndOthersGetTheirs() {
    assertTrue(requests.begin("10.0.0.1"));
    assertTrue(requests.begin("10.0.0.1"));
    assertFalse(requests.begin("10.0.0.1"));
    assertTrue(requests.begin("10.0.0.2"));

    requests.end("10.0.0.1");
    assertTrue(requests.begin("10.0.0.1"));
  }

  @Test
  void nothingIsKeptOfAClientWhoseRequestsAreOver() {
    requests.begin("10.0.0.1");
    requests.begin("10.0.0.1");
    requests.begin("10.0.0.1");
    requests.end("10.0.0.1");
    requests.end("10.0.0.1");
    assertEquals(0, requests.clients());
  }
}
