package io.etlapi.step.workflow;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code output} can write. */
enum OutputType {
  PREVIEW("parquet"),
  CSV("csv"),
  PARQUET("parquet"),
  JSON("json"),
  XLSX("xlsx");

  private final String extension;

  OutputType(String extension) {
    this.extension = extension;
  }

  static List<String> words() {
    return Arrays.stream(values()).map(OutputType::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String fileName() {
    return "output." + extension;
  }

  boolean isParquet() {
    return this == PREVIEW || this == PARQUET;
  }
}
