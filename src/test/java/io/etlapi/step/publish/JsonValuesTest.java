package io.etlapi.step.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonValuesTest {

  @Test
  void whatADoubleCannotHoldBecomesText() {
    assertEquals(9007199254740991L, JsonValues.of(9007199254740991L));
    assertEquals("9007199254740993", JsonValues.of(9007199254740993L));
    assertEquals("-9223372036854775808", JsonValues.of(Long.MIN_VALUE));
    assertEquals(new BigDecimal("0.10"), JsonValues.of(new BigDecimal("0.10")));
    assertEquals("0.12345678901234567890", JsonValues.of(new BigDecimal("0.12345678901234567890")));
    assertEquals("123456789012345678901", JsonValues.of(new BigInteger("123456789012345678901")));
    assertEquals("NaN", JsonValues.of(Double.NaN));
    assertEquals("-Infinity", JsonValues.of(Double.NEGATIVE_INFINITY));
  }

  @Test
  void aClientThatReadsDoublesLosesNoDigit() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      BigDecimal exact =
          new BigDecimal(new BigInteger(random.nextInt(90), random), random.nextInt(12));
      Object json = JsonValues.of(exact);
      if (json instanceof BigDecimal) {
        double asRead = Double.parseDouble(Json.write(json));
        assertEquals(0, new BigDecimal(Double.toString(asRead)).compareTo(exact), exact.toString());
      } else {
        assertTrue(json instanceof String);
        assertEquals(0, new BigDecimal((String) json).compareTo(exact));
      }
    }
  }
}
