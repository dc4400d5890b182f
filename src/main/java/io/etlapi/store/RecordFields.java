package io.etlapi.store;

import io.etlapi.json.Json;
import io.etlapi.task.TaskId;
import io.etlapi.task.TaskStatus;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members of a record's JSON, read by type; what is wrong is named. Null counts as absent. */
final class RecordFields {

  private final Map<String, @Nullable Object> members;

  RecordFields(Map<String, @Nullable Object> members) {
    this.members = members;
  }

  Map<String, @Nullable Object> all() {
    return Collections.unmodifiableMap(members);
  }

  String text(String name) throws UnreadableRecordException {
    return there(name, optionalText(name));
  }

  @Nullable String optionalText(String name) throws UnreadableRecordException {
    return as(String.class, name, "a string");
  }

  long number(String name) throws UnreadableRecordException {
    try {
      return there(name, optionalNumber(name)).longValueExact();
    } catch (ArithmeticException e) {
      throw wrong(name, "an integer");
    }
  }

  int integer(String name) throws UnreadableRecordException {
    long value = number(name);
    if (value != (int) value) {
      throw wrong(name, "a smaller integer");
    }
    return (int) value;
  }

  @Nullable BigDecimal optionalNumber(String name) throws UnreadableRecordException {
    Number number = as(Number.class, name, "a number");
    return number == null ? null : new BigDecimal(number.toString());
  }

  Instant instant(String name) throws UnreadableRecordException {
    return there(name, optionalInstant(name));
  }

  @Nullable Instant optionalInstant(String name) throws UnreadableRecordException {
    String text = optionalText(name);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      throw wrong(name, "an ISO-8601 time in UTC");
    }
  }

  @Nullable TaskId optionalTaskId(String name) throws UnreadableRecordException {
    String text = optionalText(name);
    if (text == null) {
      return null;
    }
    return TaskId.parse(text).orElseThrow(() -> wrong(name, "a task id"));
  }

  TaskStatus status(String name) throws UnreadableRecordException {
    return TaskStatus.ofWord(text(name)).orElseThrow(() -> wrong(name, "a status word"));
  }

  RecordFields object(String name) throws UnreadableRecordException {
    return there(name, optionalObject(name));
  }

  @Nullable RecordFields optionalObject(String name) throws UnreadableRecordException {
    Map<?, ?> object = as(Map.class, name, "an object");
    return object == null ? null : of(object);
  }

  /** The objects of an array; none if it is absent. */
  List<RecordFields> objects(String name) throws UnreadableRecordException {
    List<?> array = as(List.class, name, "an array");
    List<RecordFields> objects = new ArrayList<>();
    for (Object item : array == null ? List.of() : array) {
      if (!(item instanceof Map<?, ?> object)) {
        throw wrong(name, "an array of objects");
      }
      objects.add(of(object));
    }
    return objects;
  }

  @SuppressWarnings("unchecked") // the JSON reader makes maps with text keys only
  private static RecordFields of(Map<?, ?> object) {
    return new RecordFields((Map<String, @Nullable Object>) object);
  }

  private <T> @Nullable T as(Class<T> type, String name, String wanted)
      throws UnreadableRecordException {
    Object value = members.get(name);
    if (value != null && !type.isInstance(value)) {
      throw wrong(name, wanted);
    }
    return type.cast(value);
  }

  private static <T> T there(String name, @Nullable T value) throws UnreadableRecordException {
    if (value == null) {
      throw new UnreadableRecordException("its " + name + " is missing");
    }
    return value;
  }

  private UnreadableRecordException wrong(String name, String wanted) {
    return new UnreadableRecordException(
        "its " + name + " must be " + wanted + ", not " + Json.typeName(members.get(name)));
  }
}
