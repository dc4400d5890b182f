package io.etlapi.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JsonTest {

  private static final JsonLimits LIMITS = new JsonLimits(64, 1000, 10_000);

  @Test
  void numbersKeepEveryDigit() {
    Map<String, ?> read =
        Json.parseObject("{\"a\": 12345678901234567890123, \"b\": 1.10, \"c\": 7, \"d\": 1e3}");
    assertEquals(new BigDecimal("12345678901234567890123"), read.get("a"));
    assertEquals(new BigDecimal("1.10"), read.get("b"));
    assertEquals(7L, read.get("c"));
    assertEquals(new BigDecimal("1E+3"), read.get("d"));
  }

  @Test
  void whatIsWrittenReadsBackTheSame() {
    String text = "{\"z\":[1,null,true,\"é\\u0000\\\"\",{\"k\":[]}],\"a\":-0.5}";
    assertEquals(text, Json.write(Json.parse(text)));
  }

  @Test
  void doublesThatJsonCannotSpellAreNames() {
    assertEquals(
        "[\"NaN\",\"Infinity\",1.5]",
        Json.write(List.of(Double.NaN, Double.POSITIVE_INFINITY, 1.5)));
  }

  @Test
  void aThousandLevelsAreRefusedNotOverflown() {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    JsonException refused = assertThrows(JsonException.class, () -> parse(deep));
    assertTrue(String.valueOf(refused.getMessage()).contains("64"));
  }

  @Test
  void tooManyFieldsAreRefused() {
    StringBuilder wide = new StringBuilder("{\"x\":0");
    for (int i = 0; i < 1000; i++) {
      wide.append(",\"").append(i).append("\":0");
    }
    assertThrows(JsonException.class, () -> parse(wide.append('}').toString()));
  }

  @Test
  void aTextAboveTheLimitIsTooLargeNotMalformed() {
    JsonException refused =
        assertThrows(JsonException.class, () -> parse('"' + "x".repeat(20_000) + '"'));
    assertTrue(refused.isTooLarge());
  }

  @Test
  void malformedTextsAreRefusedWithTheirPlace() {
    for (String text :
        Arrays.asList(
            "", " ", "{", "[1,", "{\"a\":}", "nul", "{} {}", "[1] x", "{\"a\" 1}", "'a'")) {
      JsonException refused = assertThrows(JsonException.class, () -> parse(text), text);
      assertFalse(refused.isTooLarge(), text);
    }
    JsonException second = assertThrows(JsonException.class, () -> parse("{\n \"a\": x}"));
    assertTrue(String.valueOf(second.getMessage()).contains("line 2"));
  }

  @Test
  void unwantedMembersAreSkipped() {
    byte[] text =
        "{\"a\":{\"x\":[1,{\"a\":2}]},\"b\":[1,2],\"c\":\"t\",\"d\":1}"
            .getBytes(StandardCharsets.UTF_8);
    assertEquals(
        Map.of("b", List.of(1L, 2L), "c", "t"),
        Json.parseMembers(new ByteArrayInputStream(text), Set.of("b", "c")));
  }

  private static Object parse(String text) {
    return String.valueOf(Json.parse(text.getBytes(StandardCharsets.UTF_8), LIMITS));
  }
}
