package io.etlapi.step.classic;

import io.etlapi.step.StepParameters;
import java.util.Locale;

/** What becomes of what a target holds already. */
enum LoadStrategy {
  APPEND,
  REPLACE,
  /** Rows with a key that is there are changed, others are added. */
  UPSERT;

  static LoadStrategy of(StepParameters parameters) {
    return valueOf(parameters.text("load_strategy", "append").toUpperCase(Locale.ROOT));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
