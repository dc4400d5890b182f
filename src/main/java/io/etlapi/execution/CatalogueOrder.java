package io.etlapi.execution;

import io.etlapi.step.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which the catalogue lists steps: the ones of the server in the order in which they
 * are used, then all others by name. The container finds them in no particular order.
 */
final class CatalogueOrder {

  private static final List<String> NAMES =
      List.of(
          "reading_config_comp",
          "read_src_comp",
          "read_tgt_comp",
          "pre_harmonisation_src_comp",
          "harmonisation_src_comp",
          "enrichment_file_search_src_comp",
          "enrichment_src_comp",
          "data_transform_src_comp",
          "pre_harmonisation_tgt_comp",
          "harmonisation_tgt_comp",
          "enrichment_file_search_tgt_comp",
          "enrichment_tgt_comp",
          "data_transform_tgt_comp",
          "combine_data_comp",
          "apply_rules_comp",
          "output_rules_comp",
          "break_rolling_comp",
          "read_csv",
          "read_parquet",
          "read_excel",
          "convert_parquet",
          "filter",
          "join",
          "aggregate",
          "output",
          "extract",
          "transform",
          "load",
          "validate",
          "enrich");

  private CatalogueOrder() {}

  /** Sorts steps. */
  static List<Step> sorted(Iterable<Step> steps) {
    List<Step> sorted = new ArrayList<>();
    steps.forEach(sorted::add);
    sorted.sort(
        Comparator.comparingInt((Step step) -> rank(step.describe().name()))
            .thenComparing(step -> step.describe().name()));
    return sorted;
  }

  private static int rank(String name) {
    int index = NAMES.indexOf(name);
    return index < 0 ? NAMES.size() : index;
  }
}
