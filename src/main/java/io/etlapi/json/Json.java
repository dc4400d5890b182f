package io.etlapi.json;

import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParsingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON as plain JDK values. Integral numbers that fit are {@code Long}, all others
 * {@code BigDecimal}, so no digit is lost; member order is kept; a repeated member keeps its last
 * value. Reading never recurses, so depth costs no stack. Thread-safe.
 */
public final class Json {

  /** Looked up once: the lookup reads the class path every time. */
  private static final JsonProvider PROVIDER = JsonProvider.provider();

  private Json() {}

  /**
   * Reads one document.
   *
   * @throws JsonException if it is not JSON or passes a limit
   */
  public static @Nullable Object parse(InputStream in, JsonLimits limits) {
    try (JsonParser parser =
        PROVIDER
            .createParserFactory(null)
            .createParser(new Bounded(in, limits.maxBytes()), StandardCharsets.UTF_8)) {
      return read(parser, limits);
    } catch (TooLarge e) {
      throw new JsonException("larger than " + limits.maxBytes() + " bytes", true);
    } catch (jakarta.json.JsonException e) {
      if (hasCause(e, TooLarge.class)) {
        throw new JsonException("larger than " + limits.maxBytes() + " bytes", true);
      }
      throw malformed(e);
    }
  }

  public static @Nullable Object parse(byte[] utf8, JsonLimits limits) {
    return parse(new ByteArrayInputStream(utf8), limits);
  }

  /** Reads a document of this server's own. */
  public static @Nullable Object parse(String text) {
    try (JsonParser parser = PROVIDER.createParser(new StringReader(text))) {
      return read(parser, JsonLimits.OWN);
    } catch (jakarta.json.JsonException e) {
      throw malformed(e);
    }
  }

  /**
   * Reads one document that must be an object.
   *
   * @throws JsonException if it is something else
   */
  public static Map<String, @Nullable Object> parseObject(byte[] utf8, JsonLimits limits) {
    return asObject(parse(utf8, limits));
  }

  /** Reads an object of this server's own. */
  public static Map<String, @Nullable Object> parseObject(String text) {
    return asObject(parse(text));
  }

  @SuppressWarnings("unchecked") // every map made here has text keys
  private static Map<String, @Nullable Object> asObject(@Nullable Object value) {
    if (value instanceof Map) {
      return (Map<String, @Nullable Object>) value;
    }
    throw new JsonException("a JSON object is expected, found " + typeName(value));
  }

  /**
   * Reads some members of an object and skips the others without holding them, so that a document
   * may be larger than memory.
   *
   * @param wanted names of the members to read
   * @throws JsonException if it is not a JSON object
   */
  public static Map<String, @Nullable Object> parseMembers(InputStream in, Set<String> wanted) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    try (JsonParser parser =
        PROVIDER.createParserFactory(null).createParser(in, StandardCharsets.UTF_8)) {
      if (!parser.hasNext() || parser.next() != JsonParser.Event.START_OBJECT) {
        throw new JsonException("a JSON object is expected");
      }
      while (parser.hasNext() && parser.next() == JsonParser.Event.KEY_NAME) {
        String key = parser.getString();
        JsonParser.Event event = parser.next();
        if (wanted.contains(key)) {
          members.put(key, readValue(parser, event, JsonLimits.OWN));
        } else if (event == JsonParser.Event.START_OBJECT) {
          parser.skipObject();
        } else if (event == JsonParser.Event.START_ARRAY) {
          parser.skipArray();
        }
      }
      return members;
    } catch (jakarta.json.JsonException e) {
      throw malformed(e);
    }
  }

  /** The JSON name of a value's type, for messages. */
  public static String typeName(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map) {
      return "object";
    }
    if (value instanceof Collection || value.getClass().isArray()) {
      return "array";
    }
    if (value instanceof Number) {
      return "number";
    }
    return value instanceof Boolean ? "boolean" : "string";
  }

  /** Writes a value as compact JSON text. See {@link #write(Object, Writer)}. */
  public static String write(@Nullable Object value) {
    // Most of what a record is made of, which needs no generator of its own.
    if (value instanceof String text && isPlain(text)) {
      return '"' + text + '"';
    }
    if (value == null || value instanceof Integer || value instanceof Long) {
      return String.valueOf(value);
    }
    if (value instanceof Instant time) {
      return '"' + time.toString() + '"';
    }
    StringWriter out = new StringWriter();
    write(value, out);
    return out.toString();
  }

  /** Whether JSON spells a text as it is: printable ASCII without quotes and backslashes. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  /** Writes a value as indented JSON text, for documents that people open. */
  public static String pretty(@Nullable Object value) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator =
        PROVIDER
            .createGeneratorFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
            .createGenerator(out)) {
      write(value, generator);
    }
    return out.toString().stripLeading() + "\n";
  }

  /** Writes a value as compact UTF-8. */
  public static void write(@Nullable Object value, OutputStream out) {
    try (JsonGenerator generator = PROVIDER.createGenerator(out)) {
      write(value, generator);
    }
  }

  /**
   * Writes a value as compact JSON. Takes maps, collections, text, numbers, booleans, null,
   * instants (ISO-8601), enums and other {@code toString} values; doubles that JSON cannot spell
   * (NaN, infinities) are written as their names in quotes.
   */
  public static void write(@Nullable Object value, Writer out) {
    try (JsonGenerator generator = PROVIDER.createGenerator(out)) {
      write(value, generator);
    }
  }

  private static void write(@Nullable Object value, JsonGenerator out) {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeKey(String.valueOf(entry.getKey()));
        write(entry.getValue(), out);
      }
      out.writeEnd();
    } else if (value instanceof Iterable<?> items) {
      out.writeStartArray();
      for (Object item : items) {
        write(item, out);
      }
      out.writeEnd();
    } else if (value instanceof Boolean flag) {
      out.write(flag);
    } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      out.write(((Number) value).longValue());
    } else if (value instanceof BigDecimal number) {
      out.write(number);
    } else if (value instanceof BigInteger number) {
      out.write(number);
    } else if (value instanceof Number number) {
      double plain = number.doubleValue();
      if (Double.isFinite(plain)) {
        out.write(plain);
      } else {
        out.write(Double.toString(plain));
      }
    } else if (value instanceof JsonValue json) {
      out.write(json);
    } else if (value instanceof Instant time) {
      out.write(time.toString());
    } else {
      out.write(value.toString());
    }
  }

  private static @Nullable Object read(JsonParser parser, JsonLimits limits) {
    if (!parser.hasNext()) {
      throw new JsonException("the document is empty");
    }
    Object root = readValue(parser, parser.next(), limits);
    // The parser reports anything but white space after the document as malformed.
    if (parser.hasNext()) {
      parser.next();
      throw new JsonException("there is more than one JSON document");
    }
    return root;
  }

  /** Reads the value that {@code first} begins, up to its end. */
  private static @Nullable Object readValue(
      JsonParser parser, JsonParser.Event first, JsonLimits limits) {
    Deque<Object> open = new ArrayDeque<>();
    Deque<String> keys = new ArrayDeque<>();
    JsonParser.Event event = first;
    Object root = null;
    int fields = 0;
    while (true) {
      switch (event) {
        case KEY_NAME -> {
          if (++fields > limits.maxFields()) {
            throw new JsonException("more than " + limits.maxFields() + " fields in all");
          }
          keys.push(parser.getString());
        }
        case START_OBJECT, START_ARRAY -> {
          if (open.size() >= limits.maxDepth()) {
            throw new JsonException("nested more than " + limits.maxDepth() + " levels deep");
          }
          Object container =
              event == JsonParser.Event.START_OBJECT
                  ? new LinkedHashMap<String, @Nullable Object>()
                  : new ArrayList<@Nullable Object>();
          if (open.isEmpty()) {
            root = container;
          } else {
            place(open, keys, container);
          }
          open.push(container);
        }
        case END_OBJECT, END_ARRAY -> open.pop();
        default -> {
          Object value = scalar(parser, event);
          if (open.isEmpty()) {
            return value;
          }
          place(open, keys, value);
        }
      }
      if (open.isEmpty()) {
        return root;
      }
      if (!parser.hasNext()) {
        throw new JsonException("the document ends too early");
      }
      event = parser.next();
    }
  }

  private static @Nullable Object scalar(JsonParser parser, JsonParser.Event event) {
    return switch (event) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER -> number(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  @SuppressWarnings("unchecked") // only containers made by read are on the stack
  private static void place(Deque<Object> open, Deque<String> keys, @Nullable Object value) {
    Object container = open.element();
    if (container instanceof Map) {
      ((Map<String, @Nullable Object>) container).put(keys.pop(), value);
    } else {
      ((List<@Nullable Object>) container).add(value);
    }
  }

  private static Object number(JsonParser parser) {
    try {
      BigDecimal exact = parser.getBigDecimal();
      if (exact.scale() == 0 && exact.precision() < 19) {
        return exact.longValueExact();
      }
      return exact;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new JsonException("a number has more digits than can be read");
    }
  }

  private static JsonException malformed(jakarta.json.JsonException e) {
    if (e instanceof JsonParsingException parsing && parsing.getLocation() != null) {
      return new JsonException(
          "not JSON: a fault at line "
              + parsing.getLocation().getLineNumber()
              + ", column "
              + parsing.getLocation().getColumnNumber());
    }
    return new JsonException("not JSON: the text ends too early or is not UTF-8");
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static final class TooLarge extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super(new IOException("too large"));
    }
  }

  /** Counts bytes, because a server's own limit does not see chunked bodies. */
  private static final class Bounded extends InputStream {
    private final InputStream in;
    private long left;

    Bounded(InputStream in, long limit) {
      this.in = in;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      int next = in.read();
      if (next >= 0 && --left < 0) {
        throw new TooLarge();
      }
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      if (count > 0) {
        left -= count;
        if (left < 0) {
          throw new TooLarge();
        }
      }
      return count;
    }
  }
}
