package io.etlapi.step.dataset;

/**
 * A column of a dataset.
 *
 * @param type what its values mean
 * @param engineType how the file stores them, as the engine names it; {@code VARCHAR} for columns
 *     that keep the text of a file
 */
public record DatasetColumn(String name, LogicalType type, String engineType) {

  /** Whether the file keeps the text of a source, whatever it means. */
  public boolean isStoredAsText() {
    return "VARCHAR".equals(engineType);
  }
}
