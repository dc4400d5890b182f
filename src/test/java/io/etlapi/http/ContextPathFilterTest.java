package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextPathFilterTest {

  @ParameterizedTest
  @CsvSource({
    "/status/1,          '',       ''",
    "/,                  '',       ''",
    "/etl/status/1,      /etl,     /etl",
    "/etl,               /etl,     /etl",
    "/etl/,              /etl,     /etl",
    "/etl%20api/tasks,   /etl api, /etl%20api",
    "/etl%20api,         /etl api, /etl%20api",
    "/a%20b/c%20d/tasks, /a b/c d, /a%20b/c%20d",
    "/a%2Fb/tasks,       /a%2Fb,   /a%2Fb",
  })
  void theContextPathIsTheBeginningOfTheUriAsItWasSent(
      String uri, String contextPath, String sent) {
    assertEquals(sent, ContextPathFilter.sent(uri, contextPath));
  }
}
