package io.etlapi.step.publish;

import io.etlapi.step.dataset.DatasetColumn;
import io.etlapi.step.dataset.Manifest;
import io.etlapi.step.dataset.TypedView;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table that was written in this attempt.
 *
 * @param file where it lies now, in the attempt's folder
 * @param columns with stored types and meanings
 * @param fileInfo what {@code file_info} says of it, with the path where it will be found
 */
public record PublishedTable(
    Path file,
    List<DatasetColumn> columns,
    Manifest manifest,
    Map<String, @Nullable Object> fileInfo) {

  public PublishedTable {
    columns = List.copyOf(columns);
    fileInfo = Collections.unmodifiableMap(fileInfo);
  }

  public long rows() {
    return manifest.rows();
  }

  public String fileName() {
    return manifest.fileName();
  }

  /** The table with the types that its values mean. */
  public TypedView typed() {
    return TypedView.over(file, columns);
  }
}
