package io.etlapi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.it.server.RawHttp;
import io.etlapi.it.server.ServerProcess;
import io.etlapi.it.server.SharedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without credentials only this machine is served, and no foreign page may use its browser. */
@ExtendWith(SharedServer.class)
class RequestGuardIT {

  /** Sent by pages, and by no form. */
  private static final String PAGE = "X-Requested-With: fetch";

  private final ServerProcess server;

  RequestGuardIT(ServerProcess server) {
    this.server = server;
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "localhost:9", "127.1.2.3:80"})
  void aLocalHostHeaderIsServed(String host) {
    assertEquals(200, RawHttp.status(get("Host: " + host)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "[::2]",
        "localhost@evil.example"
      })
  void aForeignHostHeaderIsRefused(String host) {
    String answer = get("Host: " + host);

    assertTrue(RawHttp.status(answer) == 403 || RawHttp.status(answer) == 400, answer);
    assertFalse(answer.contains("<html"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=10.0.0.1",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: localhost",
        "X-Forwarded-Proto: https",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy"
      })
  void aForwardedRequestIsRefusedWithTheReason(String header) {
    String answer = get("Host: localhost", header);

    assertEquals(403, RawHttp.status(answer), answer);
    assertTrue(answer.contains("application/problem+json"), answer);
    assertTrue(answer.contains("\"detail\""), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://localhost:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void aChangeAskedForByAForeignPageIsRefused(String header) {
    assertEquals(403, RawHttp.status(post("/cleanup/now", header)));
  }

  @Test
  void aChangeAskedForByTheOwnPageOrByAProgramIsDone() {
    String own = "Origin: http://127.0.0.1:" + server.port();

    assertEquals(200, RawHttp.status(post("/cleanup/now", own, PAGE)));
    assertEquals(200, RawHttp.status(post("/cleanup/now", own, "Content-Type: application/json")));
    assertEquals(200, RawHttp.status(post("/cleanup/now", "Sec-Fetch-Site: same-origin", PAGE)));
    assertEquals(200, RawHttp.status(post("/cleanup/now", "Sec-Fetch-Site: none", PAGE)));
    assertEquals(200, RawHttp.status(post("/cleanup/now", "User-Agent: curl")));
  }

  @Test
  void whatAFormCouldHaveSentChangesNothing() {
    String own = "Origin: http://127.0.0.1:" + server.port();

    assertEquals(403, RawHttp.status(post("/cleanup/now", own)));
    assertEquals(403, RawHttp.status(post("/cleanup/now", own, "Content-Type: text/plain")));
    assertEquals(403, RawHttp.status(post("/cleanup/now", "Cookie: a=b")));
  }

  @Test
  void noForeignOriginMayReadAnswers() {
    String answer = get("Host: localhost", "Origin: https://evil.example");

    assertFalse(answer.toLowerCase(java.util.Locale.ROOT).contains("access-control-allow-origin"));
  }

  @Test
  void everyAnswerForbidsSniffingAndFraming() {
    String answer = get("Host: localhost");

    assertTrue(answer.contains("X-Content-Type-Options: nosniff"), answer);
    assertTrue(answer.contains("Content-Security-Policy:"), answer);
    assertTrue(answer.contains("frame-ancestors 'none'"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/WEB-INF/web.xml",
        "/%57EB-INF/web.xml",
        "/WEB-INF%2fweb.xml",
        "/..;/health",
        "//"
      })
  void noPathReachesTheApplicationsInside(String path) {
    String answer = RawHttp.send(server.port(), "GET " + path + " HTTP/1.1", "Host: 127.0.0.1");

    assertTrue(RawHttp.status(answer) >= 400, answer);
    assertFalse(answer.contains("web-app"), answer);
  }

  @Test
  void theServerListensOnThisMachineOnly() throws IOException {
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      for (var address : Collections.list(network.getInetAddresses())) {
        if (!address.isLoopbackAddress()) {
          assertFalse(accepts(address), () -> "listens on " + address);
        }
      }
    }
  }

  @Test
  void theServersOwnPagesAreOutOfTheWay() {
    String metrics = RawHttp.send(server.port(), "GET /metrics HTTP/1.1", "Host: 127.0.0.1");

    assertFalse(metrics.contains("# TYPE"), metrics);
  }

  private boolean accepts(java.net.InetAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, server.port()), 1000);
      return true;
    } catch (ConnectException | java.net.SocketTimeoutException e) {
      return false;
    }
  }

  private String get(String... headers) {
    String[] head = new String[headers.length + 1];
    head[0] = "GET /health HTTP/1.1";
    System.arraycopy(headers, 0, head, 1, headers.length);
    return RawHttp.send(server.port(), head);
  }

  private String post(String path, String... headers) {
    String[] head = new String[headers.length + 3];
    head[0] = "POST " + path + " HTTP/1.1";
    head[1] = "Host: 127.0.0.1:" + server.port();
    head[2] = "Content-Length: 0";
    System.arraycopy(headers, 0, head, 3, headers.length);
    return RawHttp.send(server.port(), head);
  }
}
