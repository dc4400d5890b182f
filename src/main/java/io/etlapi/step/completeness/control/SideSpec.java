package io.etlapi.step.completeness.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a control, from its files to its transformed rows.
 *
 * @param columns of the files with their types; empty: every column as it is
 * @param scope SQL expression over the typed columns; a row is left out where it is false; null:
 *     all stay in
 * @param lookups joined one after the other
 * @param derived computed one after the other, after the lookups
 */
public record SideSpec(
    FileSpec files,
    List<ColumnSpec> columns,
    @Nullable String scope,
    Expected expected,
    List<Lookup> lookups,
    List<Derived> derived) {

  public SideSpec {
    columns = List.copyOf(columns);
    lookups = List.copyOf(lookups);
    derived = List.copyOf(derived);
  }
}
