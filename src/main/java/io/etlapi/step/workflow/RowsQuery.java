package io.etlapi.step.workflow;

import java.util.List;
import java.util.Optional;

/**
 * Which rows of a table somebody wants to see.
 *
 * @param offset rows to skip, 0 or more
 * @param limit rows at most, 1 or more
 * @param sort first key first; without any the rows come as the file has them
 * @param filter a condition as the filter step takes it
 * @param columns in this order; empty for all
 */
public record RowsQuery(
    long offset, int limit, List<Key> sort, Optional<String> filter, List<String> columns) {

  /** A column to sort by; nulls come last either way. */
  public record Key(String column, boolean descending) {}

  public RowsQuery {
    sort = List.copyOf(sort);
    columns = List.copyOf(columns);
  }
}
