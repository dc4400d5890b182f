package io.etlapi.step.completeness.control;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules of a document that a schema cannot say; finds all that are broken. */
final class DefinitionChecks {

  private final ControlDefinition control;
  private final DocumentNode document;
  private final Findings findings = new Findings();

  private DefinitionChecks(ControlDefinition control, DocumentNode document) {
    this.control = control;
    this.document = document;
  }

  static Findings check(ControlDefinition control, DocumentNode document) {
    DefinitionChecks checks = new DefinitionChecks(control, document);
    for (Side side : Side.values()) {
      checks.side(side);
    }
    checks.harmonise();
    for (Side side : Side.values()) {
      checks.lookups(side);
      checks.derived(side);
    }
    checks.rolling();
    new MatchChecks(control, document, checks.findings).check();
    return checks.findings;
  }

  private void side(Side side) {
    SideSpec spec = control.side(side);
    DocumentNode node = document.get("sides").get(side.key());
    new FileChecks(findings, node).check(spec.files(), spec.columns());
    DocumentNode sums = node.get("expected").get("sums");
    for (String column : spec.expected().sums().keySet()) {
      String pointer = sums.get(column).pointer();
      Optional<ColumnType> type = FieldTypes.ofColumn(node, column);
      if (!spec.columns().isEmpty()
          && !findings.requireKnown(pointer, "column of this side", column, names(spec))) {
        continue;
      }
      if (type.isPresent() && !type.get().isNumeric()) {
        findings.fault(
            pointer, "found a column of type " + type.get().word() + "; allowed: a number");
      }
    }
  }

  private static List<String> names(SideSpec spec) {
    return spec.columns().stream().map(ColumnSpec::name).toList();
  }

  private void harmonise() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < control.harmonise().size(); i++) {
      HarmoniseRule rule = control.harmonise().get(i);
      DocumentNode node = new DocumentNode(null, "/harmonise/" + i);
      newField(node.get("to").pointer(), rule.to(), seen);
      List<ColumnType> types = new ArrayList<>();
      for (Side side : Side.values()) {
        harmonisedType(rule, side, node).ifPresent(types::add);
      }
      if (types.size() == 2 && types.get(0).common(types.get(1)).isEmpty()) {
        findings.fault(
            node.pointer(),
            "the field '"
                + rule.to()
                + "' is "
                + types.get(0).word()
                + " on src and "
                + types.get(1).word()
                + " on tgt; both sides need types that can be compared");
      }
    }
  }

  private Optional<ColumnType> harmonisedType(HarmoniseRule rule, Side side, DocumentNode node) {
    SideSpec spec = control.side(side);
    String column = rule.column(side);
    if (!spec.columns().isEmpty()
        && !findings.requireKnown(
            node.get(side.key()).pointer(), "column of " + side.key(), column, names(spec))) {
      return Optional.empty();
    }
    try {
      return FieldTypes.ofColumn(document.get("sides").get(side.key()), column).map(rule::typeOf);
    } catch (IllegalArgumentException e) {
      findings.fault(
          node.get("ops").pointer(),
          "for the column '" + column + "' of " + side.key() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private void newField(String pointer, String field, Set<String> seen) {
    if (field.isEmpty()) {
      return;
    }
    if (!seen.add(field.toLowerCase(Locale.ROOT))) {
      findings.fault(
          pointer,
          "found '" + field + "', which is a field already (upper and lower case are one)");
    } else if (BreakColumns.RESERVED.contains(field.toLowerCase(Locale.ROOT))) {
      findings.fault(
          pointer,
          "found '" + field + "', which the control's own tables use; choose another name");
    }
  }

  private void lookups(Side side) {
    SideSpec spec = control.side(side);
    Set<String> fields = new HashSet<>(control.harmonisedFields());
    Set<String> taken = new HashSet<>();
    fields.forEach(field -> taken.add(field.toLowerCase(Locale.ROOT)));
    for (int i = 0; i < spec.lookups().size(); i++) {
      Lookup lookup = spec.lookups().get(i);
      DocumentNode node = document.get("enrich").get(side.key()).items().get(i);
      new FileChecks(findings, node).check(lookup.files(), lookup.columns());
      List<String> columns = lookup.columns().stream().map(ColumnSpec::name).toList();
      for (Map.Entry<String, String> on : lookup.on().entrySet()) {
        String pointer = node.get("on").get(on.getKey()).pointer();
        findings.requireKnown(pointer, "field of the harmonised rows", on.getKey(), fields);
        if (!columns.isEmpty()) {
          findings.requireKnown(pointer, "column of the lookup", on.getValue(), columns);
        }
      }
      for (Map.Entry<String, String> add : lookup.add().entrySet()) {
        String pointer = node.get("add").get(add.getKey()).pointer();
        newField(pointer, add.getKey(), taken);
        if (!columns.isEmpty()) {
          findings.requireKnown(pointer, "column of the lookup", add.getValue(), columns);
        }
      }
      fields.addAll(lookup.add().keySet());
    }
  }

  private void derived(Side side) {
    SideSpec spec = control.side(side);
    Set<String> fields = new HashSet<>(control.harmonisedFields());
    spec.lookups().forEach(lookup -> fields.addAll(lookup.add().keySet()));
    for (int i = 0; i < spec.derived().size(); i++) {
      String to = spec.derived().get(i).to();
      String pointer = "/transform/" + side.key() + "/" + i + "/to";
      if (!fields.contains(to)) {
        Set<String> taken = new HashSet<>();
        fields.forEach(field -> taken.add(field.toLowerCase(Locale.ROOT)));
        newField(pointer, to, taken);
      }
      fields.add(to);
    }
  }

  private void rolling() {
    RollingRules rolling = control.rolling();
    for (int i = 1; i < rolling.buckets().size(); i++) {
      if (rolling.buckets().get(i) <= rolling.buckets().get(i - 1)) {
        findings.fault(
            "/rolling/buckets/" + i,
            "found " + rolling.buckets().get(i) + "; allowed: more than the bound before it");
      }
    }
    String holidays = rolling.calendar().holidayFile();
    if (holidays != null && !holidays.isEmpty()) {
      String pointer = "/rolling/calendar/holidays";
      try {
        if (FilePattern.of(holidays).hasWildcards()) {
          findings.fault(pointer, "found '" + holidays + "'; allowed: one file, without * and ?");
        }
      } catch (IllegalArgumentException e) {
        findings.fault(pointer, String.valueOf(e.getMessage()));
      }
    }
  }
}
