package io.etlapi.json;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a large JSON document record by record without holding it: an array of objects, or one
 * object a line. Numbers keep every digit, as in {@link Json}.
 */
public final class JsonRecords {

  private static final JsonProvider PROVIDER = JsonProvider.provider();
  private static final JsonLimits RECORD = new JsonLimits(64, 100_000, 16L << 20);

  /** Takes the records in their order, counted from 1. */
  public interface Handler {

    /** An object. */
    void record(long number, Map<String, @Nullable Object> members) throws IOException;

    /** An item that is no object, or a line that is no JSON. */
    void malformed(long number, String reason, String raw) throws IOException;
  }

  private JsonRecords() {}

  /**
   * Reads a document to its end.
   *
   * @throws JsonException if it is neither an array nor lines of objects, or breaks off
   */
  public static void read(InputStream in, Handler handler) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(in);
    int first = firstByte(bytes);
    if (first == '[') {
      readArray(bytes, handler);
    } else if (first == '{') {
      readLines(bytes, handler);
    } else {
      throw new JsonException("neither an array of objects nor one object a line");
    }
  }

  /** The first byte that is no white space, left unread. */
  private static int firstByte(BufferedInputStream in) throws IOException {
    in.mark(1);
    int next = in.read();
    while (next == ' '
        || next == '\t'
        || next == '\n'
        || next == '\r'
        || next == 0xEF
        || next == 0xBB
        || next == 0xBF) {
      in.mark(1);
      next = in.read();
    }
    in.reset();
    return next;
  }

  private static void readArray(InputStream in, Handler handler) throws IOException {
    try (JsonParser parser =
        PROVIDER.createParserFactory(null).createParser(in, StandardCharsets.UTF_8)) {
      parser.next();
      long number = 0;
      while (parser.next() != JsonParser.Event.END_ARRAY) {
        JsonValue value = parser.getValue();
        number++;
        if (value instanceof JsonObject object) {
          handler.record(number, members(object));
        } else {
          handler.malformed(number, "the item is no object", value.toString());
        }
      }
      if (parser.hasNext()) {
        throw new JsonException("more text follows the array");
      }
    } catch (jakarta.json.JsonException | java.util.NoSuchElementException e) {
      throw new JsonException("not JSON: the array breaks off or holds a fault");
    }
  }

  private static void readLines(InputStream in, Handler handler) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    long number = 0;
    boolean any = false;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        handler.record(number, Json.parseObject(line.getBytes(StandardCharsets.UTF_8), RECORD));
        any = true;
      } catch (JsonException e) {
        if (!any) {
          throw new JsonException("neither an array of objects nor one object a line");
        }
        handler.malformed(number, String.valueOf(e.getMessage()), line);
      }
    }
  }

  private static Map<String, @Nullable Object> members(JsonObject object) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    object.forEach((name, value) -> members.put(name, plain(value)));
    return members;
  }

  private static @Nullable Object plain(JsonValue value) {
    return switch (value.getValueType()) {
      case NULL -> null;
      case TRUE -> true;
      case FALSE -> false;
      case STRING -> ((JsonString) value).getString();
      case NUMBER -> ((JsonNumber) value).bigDecimalValue();
      case OBJECT -> members((JsonObject) value);
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonValue item : (JsonArray) value) {
          items.add(plain(item));
        }
        yield items;
      }
    };
  }
}
