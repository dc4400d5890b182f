package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionsTest {

  private static final String TAG = "\"0e899aa5-31f9-3ec8\"";

  @Test
  void withoutConditionsEverythingIsSent() {
    Conditions none = new Conditions(null, null);
    assertFalse(none.any());
    assertTrue(none.matches(TAG));
    assertFalse(none.has(TAG));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"0e899aa5-31f9-3ec8\"",
        "W/\"0e899aa5-31f9-3ec8\"",
        "\"other\", \"0e899aa5-31f9-3ec8\"",
        "*"
      })
  void aClientThatListsTheStateHasIt(String list) {
    assertTrue(new Conditions(null, list).has(TAG));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"other\"", "0e899aa5-31f9-3ec8", "", ",", "W/*"})
  void aClientThatListsOthersGetsTheState(String list) {
    assertFalse(new Conditions(null, list).has(TAG));
  }

  @Test
  void aWantedStateIsComparedStrongly() {
    assertTrue(new Conditions("\"other\"," + TAG, null).matches(TAG));
    assertTrue(new Conditions("*", null).matches(TAG));
    assertFalse(new Conditions("W/" + TAG, null).matches(TAG));
    assertFalse(new Conditions("\"other\"", null).matches(TAG));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/*|true",
        "application/json|true",
        "application/*;q=0.5|true",
        "text/html, application/json;q=0.1|true",
        "Application/JSON ; charset=utf-8|true",
        "text/html|false",
        "application/problem+json|false",
        "application/json;q=0|false",
        "text/*, application/json; q=0.0|false"
      })
  void jsonIsSentToWhomTakesIt(String accept, boolean taken) {
    assertEquals(taken, Conditions.acceptsJson(Collections.enumeration(List.of(accept))));
  }

  @Test
  void whoNamesNoTypeTakesJson() {
    assertTrue(Conditions.acceptsJson(null));
    assertTrue(Conditions.acceptsJson(Collections.emptyEnumeration()));
    assertTrue(
        Conditions.acceptsJson(Collections.enumeration(List.of("text/html", "application/json"))));
  }
}
