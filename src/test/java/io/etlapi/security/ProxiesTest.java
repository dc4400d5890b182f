package io.etlapi.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProxiesTest {

  private final Proxies proxies = new Proxies(List.of("10.0.0.5", "10.0.0.6"));

  @Test
  void whatATrustedProxySaysIsBelieved() {
    assertEquals("192.0.2.7", proxies.client("10.0.0.5", List.of("192.0.2.7")));
    assertEquals("https", proxies.scheme("10.0.0.5", "http", List.of("https")));
  }

  @Test
  void whatAnyoneElseSaysIsNot() {
    assertEquals("10.0.0.9", proxies.client("10.0.0.9", List.of("192.0.2.7")));
    assertEquals("http", proxies.scheme("10.0.0.9", "http", List.of("https")));
  }

  @Test
  void whatTheClientMadeUpItselfDoesNotCount() {
    assertEquals("192.0.2.7", proxies.client("10.0.0.5", List.of("127.0.0.1, 192.0.2.7")));
    assertEquals(
        "192.0.2.7", proxies.client("10.0.0.5", List.of("127.0.0.1", "192.0.2.7, 10.0.0.6")));
  }

  @Test
  void whatIsNoAddressIsNotTakenForOne() {
    assertEquals("10.0.0.5", proxies.client("10.0.0.5", List.of("unknown")));
    assertEquals("10.0.0.5", proxies.client("10.0.0.5", List.of("192.0.2.7, <script>")));
    assertEquals("10.0.0.5", proxies.client("10.0.0.5", List.of()));
    assertEquals("http", proxies.scheme("10.0.0.5", "http", List.of("ftp")));
    assertEquals("http", proxies.scheme("10.0.0.5", "http", List.of("https", "http")));
  }
}
