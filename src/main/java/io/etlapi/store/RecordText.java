package io.etlapi.store;

import io.etlapi.json.Json;
import io.etlapi.json.JsonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The text of a record in its two parts: the result as it was written, and all other members,
 * parsed. Both are checked to be whole JSON, so nothing torn passes.
 *
 * @param result the JSON object of an inline result, null if there is none
 */
record RecordText(RecordFields fields, @Nullable String result) {

  static RecordText of(byte[] content) throws UnreadableRecordException {
    String text;
    try {
      // A new decoder reports what is not UTF-8 instead of replacing it.
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableRecordException("it is not UTF-8", e);
    }
    Optional<ResultSpan> span = ResultSpan.find(text);
    try {
      if (span.isEmpty()) {
        return new RecordText(new RecordFields(Json.parseObject(text)), null);
      }
      int start = span.get().start();
      int end = span.get().end();
      String rest = text.substring(0, start) + "null" + text.substring(end);
      String result = text.substring(start, end).strip();
      RecordFields fields = new RecordFields(Json.parseObject(rest));
      if (result.equals("null")) {
        return new RecordText(fields, null);
      }
      Json.parseObject(result);
      return new RecordText(fields, result);
    } catch (JsonException e) {
      throw new UnreadableRecordException("it is " + e.getMessage(), e);
    }
  }
}
