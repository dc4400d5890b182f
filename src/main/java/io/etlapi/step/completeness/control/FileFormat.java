package io.etlapi.step.completeness.control;

import java.util.Locale;

/** The formats in which a side or a lookup may come. */
public enum FileFormat {
  CSV,
  PARQUET,
  JSON,
  XLSX;

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
