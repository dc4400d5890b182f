package io.etlapi.step.completeness.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the document alone says about types. Files without declared columns, derived fields, and
 * types that the document spells wrongly stay unknown.
 */
final class FieldTypes {

  private FieldTypes() {}

  /**
   * The type of a column: declared, or text because CSV and sheets are read as text.
   *
   * @param files a side or a lookup of the document
   */
  static Optional<ColumnType> ofColumn(DocumentNode files, String name) {
    if (files.get("columns").items().isEmpty()) {
      String format = files.get("format").text();
      return format.equals(FileFormat.CSV.key()) || format.equals(FileFormat.XLSX.key())
          ? Optional.of(ColumnType.TEXT)
          : Optional.empty();
    }
    return files.get("columns").items().stream()
        .filter(column -> column.get("name").text().equals(name))
        .findFirst()
        .flatMap(column -> ColumnType.parse(column.get("type").text()));
  }

  /** The types of a side's fields after the transform, as far as they are known. */
  static Map<String, ColumnType> ofFields(
      ControlDefinition control, DocumentNode document, Side side) {
    SideSpec spec = control.side(side);
    Map<String, ColumnType> types = new LinkedHashMap<>();
    for (HarmoniseRule rule : control.harmonise()) {
      ofColumn(document.get("sides").get(side.key()), rule.column(side))
          .flatMap(type -> typeAfter(rule, type))
          .ifPresent(type -> types.put(rule.to(), type));
    }
    for (int i = 0; i < spec.lookups().size(); i++) {
      DocumentNode lookup = document.get("enrich").get(side.key()).items().get(i);
      spec.lookups()
          .get(i)
          .add()
          .forEach(
              (field, column) ->
                  ofColumn(lookup, column).ifPresent(type -> types.put(field, type)));
    }
    spec.derived().forEach(derived -> types.remove(derived.to()));
    return types;
  }

  private static Optional<ColumnType> typeAfter(HarmoniseRule rule, ColumnType type) {
    try {
      return Optional.of(rule.typeOf(type));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // reported where the rule is checked
    }
  }
}
