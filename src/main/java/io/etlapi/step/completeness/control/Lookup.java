package io.etlapi.step.completeness.control;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reference data joined to the rows of a side.
 *
 * @param columns of the lookup files with their types; empty: every column as it is
 * @param on field of the rows to column of the lookup; in order
 * @param add new field to column of the lookup; in order
 */
public record Lookup(
    FileSpec files,
    List<ColumnSpec> columns,
    Map<String, String> on,
    Map<String, String> add,
    Missing missing) {

  /** What becomes of a row whose key is not in the lookup. */
  public enum Missing {
    /** The new fields are null. */
    NULL,
    /** The row is rejected. */
    REJECT,
    /** The step fails and names the key. */
    FAIL;

    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Lookup {
    columns = List.copyOf(columns);
    on = Collections.unmodifiableMap(new LinkedHashMap<>(on));
    add = Collections.unmodifiableMap(new LinkedHashMap<>(add));
  }
}
