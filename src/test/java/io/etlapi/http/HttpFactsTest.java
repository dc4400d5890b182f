package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFactsTest {

  @ParameterizedTest
  @CsvSource({
    "'',/tokens,/tokens",
    "'',/,/",
    "/etl,/etl/tokens,/tokens",
    "/etl,/etl,/",
    "/etl,/etl/,/",
    "/a/b,/a/b/status/x,/status/x",
    "/my etl,/my%20etl/tokens,/tokens",
    "/my%20etl,/my%20etl/tokens,/tokens",
    "/my etl,/my%20%65tl/tokens,/tokens"
  })
  void thePathBelowTheContextRootIsFoundHoweverThatIsSpelled(
      String contextPath, String rawPath, String below) {
    assertEquals(below, HttpFacts.below(contextPath, rawPath));
  }
}
