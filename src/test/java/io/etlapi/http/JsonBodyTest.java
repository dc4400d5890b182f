package io.etlapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etlapi.config.EtlConfig;
import io.etlapi.config.EtlConfigReader;
import io.etlapi.task.TaskException;
import io.etlapi.task.TaskException.Reason;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonBodyTest {

  private static final MediaType JSON = new MediaType("application", "json");
  private static final MediaType FORM = new MediaType("application", "x-www-form-urlencoded");

  private final JsonBody body = new JsonBody(config());

  @Test
  void anObjectIsRead() throws IOException {
    assertEquals(Map.of("a", 1L), read("{\"a\": 1}", JSON));
  }

  @Test
  void noBodyIsAnEmptyObjectWhateverItsTypeIs() throws IOException {
    assertEquals(Map.of(), read("", JSON));
    assertEquals(Map.of(), read("", FORM));
    assertEquals(Map.of(), read("", null));
  }

  @Test
  void nullIsAnEmptyObject() throws IOException {
    assertEquals(Map.of(), read("null", JSON));
  }

  @Test
  void aBodyThatIsNotDeclaredAsJsonIsRefusedBeforeItIsRead() {
    assertEquals(Reason.NOT_JSON, reason("{}", FORM));
    assertEquals(Reason.NOT_JSON, reason("{}", null));
    assertEquals(Reason.NOT_JSON, reason("{}", JSON.withCharset("ISO-8859-1")));
  }

  @Test
  void anyJsonTypeInUtf8IsTaken() throws IOException {
    assertEquals(Map.of(), read("{}", JSON.withCharset("utf-8")));
    assertEquals(Map.of(), read("{}", new MediaType("Application", "merge-patch+JSON")));
  }

  @Test
  void malformedJsonIsRefusedWithThePlace() {
    TaskException refused = refusal(stream("{\"a\": tru}"), JSON);
    assertEquals(Reason.MALFORMED, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("line 1"), refused.getMessage());
  }

  @Test
  void aDeepBodyIsRefusedAsMalformed() {
    assertEquals(Reason.MALFORMED, reason("[".repeat(400) + "]".repeat(400), JSON));
  }

  @Test
  void aBodyWithTooManyFieldsIsRefusedAsMalformed() {
    StringBuilder many = new StringBuilder("{\"f\":0");
    for (int i = 0; i < 100; i++) {
      many.append(",\"f\":0");
    }
    assertEquals(Reason.MALFORMED, reason(many.append('}').toString(), JSON));
  }

  @Test
  void anArrayIsAShapeFaultAtTheRoot() {
    TaskException refused = refusal(stream("[]"), JSON);
    assertEquals(Reason.INVALID, refused.reason());
    assertEquals("", refused.faults().get(0).pointer());
  }

  @Test
  void aLargeBodyIsRefusedAndReadToItsEndSoThatTheSenderSeesTheAnswer() throws IOException {
    InputStream large = stream("{\"a\": \"" + "x".repeat(5000) + "\"}");
    TaskException refused = refusal(large, JSON);
    assertEquals(Reason.TOO_LARGE, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("1024 bytes"), refused.getMessage());
    assertEquals(0, large.available());
  }

  private Map<String, @Nullable Object> read(String text, @Nullable MediaType type)
      throws IOException {
    return body.read(stream(text), type);
  }

  private Reason reason(String text, @Nullable MediaType type) {
    return refusal(stream(text), type).reason();
  }

  private TaskException refusal(InputStream in, @Nullable MediaType type) {
    return assertThrows(TaskException.class, () -> body.read(in, type));
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static EtlConfig config() {
    Map<String, String> settings =
        Map.of("ETL_MAX_BODY_SIZE", "1024", "ETL_MAX_JSON_FIELDS", "100");
    return new EtlConfigReader(
            key -> Optional.ofNullable(settings.get(key)),
            new EtlConfigReader.Machine(2, 4L << 30, 1L << 30, Path.of("/srv")))
        .read();
  }
}
