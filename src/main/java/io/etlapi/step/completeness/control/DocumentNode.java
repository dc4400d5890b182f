package io.etlapi.step.completeness.control;

import io.etlapi.task.Fault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a document that may be of the wrong type: the schema has said so already, and reading
 * goes on with a neutral value so that the faults behind it are found too.
 */
record DocumentNode(@Nullable Object value, String pointer) {

  DocumentNode get(String member) {
    return new DocumentNode(
        value instanceof Map<?, ?> object ? object.get(member) : null,
        pointer + "/" + Fault.token(member));
  }

  List<DocumentNode> items() {
    List<DocumentNode> nodes = new ArrayList<>();
    if (value instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        nodes.add(new DocumentNode(items.get(i), pointer + "/" + i));
      }
    }
    return nodes;
  }

  List<String> members() {
    return value instanceof Map<?, ?> object
        ? object.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }

  String text() {
    return value instanceof String text ? text : "";
  }

  String text(String fallback) {
    return value instanceof String text ? text : fallback;
  }

  @Nullable String textOrNull() {
    return value instanceof String text ? text : null;
  }

  List<String> texts() {
    return items().stream().map(DocumentNode::text).toList();
  }

  Map<String, String> textMap() {
    Map<String, String> texts = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> object) {
      object.forEach(
          (name, text) -> texts.put(String.valueOf(name), text instanceof String s ? s : ""));
    }
    return texts;
  }

  boolean flag(boolean fallback) {
    return value instanceof Boolean flag ? flag : fallback;
  }

  int integer(int fallback) {
    return value instanceof Number number ? number.intValue() : fallback;
  }

  @Nullable Long wholeOrNull() {
    return value instanceof Number number ? Long.valueOf(number.longValue()) : null;
  }

  /** A decimal written as text; zero if it is none. */
  BigDecimal decimal() {
    try {
      return new BigDecimal(text());
    } catch (NumberFormatException e) {
      return BigDecimal.ZERO;
    }
  }
}
