package io.etlapi.step.completeness.source;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Splits one well-formed record into its fields; for headers, not for data. */
final class CsvFields {

  private CsvFields() {}

  /** An empty field is null, a quoted empty one an empty text. */
  static List<@Nullable String> split(String record, char delimiter, char quote) {
    List<@Nullable String> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      if (at < record.length() && record.charAt(at) == quote) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < record.length()) {
          char character = record.charAt(at++);
          if (character != quote) {
            text.append(character);
          } else if (at < record.length() && record.charAt(at) == quote) {
            text.append(quote);
            at++;
          } else {
            break;
          }
        }
        fields.add(text.toString());
      } else {
        int next = record.indexOf(delimiter, at);
        String text = record.substring(at, next < 0 ? record.length() : next);
        fields.add(text.isEmpty() ? null : text);
        at = next < 0 ? record.length() : next;
      }
      if (at >= record.length()) {
        return fields;
      }
      at++;
    }
  }
}
