package io.etlapi.step.workflow;

import io.etlapi.step.dataset.DatasetColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a table.
 *
 * @param rows a JSON value for each column: what a double cannot hold is text
 * @param total rows of the table
 * @param matching rows that the filter lets through
 */
public record RowsPage(
    List<DatasetColumn> columns, List<List<@Nullable Object>> rows, long total, long matching) {}
